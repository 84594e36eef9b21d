// SPDX-License-Identifier: MIT
// operator new and delete, all their forms, over the kernel's heap.
//
// The compiler chooses one of these forms by what the code says (C++23 [new.delete]). All end in
// three functions, with what the form knows: a size, an alignment, or neither. What it does not
// know is left empty, and only what is known is compared with the block.

#include "kernel/new.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>

#include "lib/caller.hpp"
#include "lib/panic.hpp"
#include "shell/cpp/cpp_memory.hpp"

namespace heap44::kernel {

namespace {

using Caller = std::uint64_t;
using Form = mm::Block::Form;

// What the compiler assumes of plain `new` (the Makefile says 8).
constexpr std::size_t default_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

constinit std::optional<mm::Heap> the_heap;

// The heap is what the shell shows, so only the commands whose point it is may allocate there.
void* allocate(Form form, std::size_t size, std::size_t align, Caller caller) {
    if (!shell::CppHeapScope::is_open()) {
        panic(PanicKind::panic, "operator new was called outside the allocating commands", caller);
    }
    return shell::cpp_allocate(heap(), {size, align}, form, caller);
}

// Null instead of a panic: for those who asked for it with std::nothrow.
void* try_allocate(Form form, std::size_t size, std::size_t align, Caller caller) {
    const mm::Block* block = heap().allocate({size, align}, caller, mm::Fill::none, form);
    return block == nullptr ? nullptr : reinterpret_cast<void*>(block->address.value);
}

void deallocate(Form form, void* memory, std::optional<std::size_t> size, std::size_t align,
                Caller caller) {
    shell::cpp_deallocate(heap(), memory, {form, size, align}, caller);
}

}  // namespace

mm::Heap& initialize_heap(std::span<std::byte> region, std::span<std::byte> memory,
                          const mm::Window& window) {
    return the_heap.emplace(region, memory, window);
}

mm::Heap* heap_if_made() {
    return the_heap ? &*the_heap : nullptr;
}

mm::Heap& heap() {
    if (!the_heap) panic(PanicKind::panic, "the heap was used before it was made");
    return *the_heap;
}

}  // namespace heap44::kernel

using heap44::caller_address;
using heap44::kernel::allocate;
using heap44::kernel::deallocate;
using heap44::kernel::default_alignment;
using heap44::kernel::try_allocate;
using Form = heap44::mm::Block::Form;

void* operator new(std::size_t size) {
    return allocate(Form::object, size, default_alignment, caller_address());
}
void* operator new[](std::size_t size) {
    return allocate(Form::array, size, default_alignment, caller_address());
}
void* operator new(std::size_t size, std::align_val_t align) {
    return allocate(Form::object, size, static_cast<std::size_t>(align), caller_address());
}
void* operator new[](std::size_t size, std::align_val_t align) {
    return allocate(Form::array, size, static_cast<std::size_t>(align), caller_address());
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return try_allocate(Form::object, size, default_alignment, caller_address());
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return try_allocate(Form::array, size, default_alignment, caller_address());
}
void* operator new(std::size_t size, std::align_val_t align, const std::nothrow_t&) noexcept {
    return try_allocate(Form::object, size, static_cast<std::size_t>(align), caller_address());
}
void* operator new[](std::size_t size, std::align_val_t align, const std::nothrow_t&) noexcept {
    return try_allocate(Form::array, size, static_cast<std::size_t>(align), caller_address());
}

void operator delete(void* memory) noexcept {
    deallocate(Form::object, memory, {}, default_alignment, caller_address());
}
void operator delete(void* memory, std::size_t size) noexcept {
    deallocate(Form::object, memory, size, default_alignment, caller_address());
}
void operator delete(void* memory, std::align_val_t align) noexcept {
    deallocate(Form::object, memory, {}, static_cast<std::size_t>(align), caller_address());
}
void operator delete(void* memory, std::size_t size, std::align_val_t align) noexcept {
    deallocate(Form::object, memory, size, static_cast<std::size_t>(align), caller_address());
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
    deallocate(Form::object, memory, {}, default_alignment, caller_address());
}
void operator delete(void* memory, std::align_val_t align, const std::nothrow_t&) noexcept {
    deallocate(Form::object, memory, {}, static_cast<std::size_t>(align), caller_address());
}
void operator delete[](void* memory) noexcept {
    deallocate(Form::array, memory, {}, default_alignment, caller_address());
}
void operator delete[](void* memory, std::size_t size) noexcept {
    deallocate(Form::array, memory, size, default_alignment, caller_address());
}
void operator delete[](void* memory, std::align_val_t align) noexcept {
    deallocate(Form::array, memory, {}, static_cast<std::size_t>(align), caller_address());
}
void operator delete[](void* memory, std::size_t size, std::align_val_t align) noexcept {
    deallocate(Form::array, memory, size, static_cast<std::size_t>(align), caller_address());
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
    deallocate(Form::array, memory, {}, default_alignment, caller_address());
}
void operator delete[](void* memory, std::align_val_t align, const std::nothrow_t&) noexcept {
    deallocate(Form::array, memory, {}, static_cast<std::size_t>(align), caller_address());
}
