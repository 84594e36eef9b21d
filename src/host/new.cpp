// SPDX-License-Identifier: MIT
// operator new and delete: inside the allocating commands they are the heap's, elsewhere malloc's.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <optional>

#include "host/heap.hpp"
#include "lib/caller.hpp"
#include "shell/cpp/cpp_memory.hpp"

namespace {

using heap44::caller_address;
using heap44::host::heap;
using heap44::shell::CppHeapScope;
using Form = heap44::mm::Block::Form;

constexpr std::size_t default_alignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

/// The program's own memory comes from malloc, so that it does not appear on the map.
void* allocate(Form form, std::size_t size, std::size_t alignment, std::uint64_t caller) {
    if (CppHeapScope::is_open()) {
        return heap44::shell::cpp_allocate(heap(), {size, alignment}, form, caller);
    }
    // aligned_alloc asks for a multiple of the alignment (C11; later versions do not, but libraries
    // may).
    const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) std::abort();
    return memory;
}

void deallocate(Form form, void* pointer, std::optional<std::size_t> size, std::size_t alignment,
                std::uint64_t caller) {
    // What is not the heap's is a mistake in there, and the heap says so.
    if (CppHeapScope::is_open()) {
        heap44::shell::cpp_deallocate(heap(), pointer, {form, size, alignment}, caller);
    } else {
        std::free(pointer);
    }
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(Form::object, size, default_alignment, caller_address());
}
void* operator new[](std::size_t size) {
    return allocate(Form::array, size, default_alignment, caller_address());
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(Form::object, size, static_cast<std::size_t>(alignment), caller_address());
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(Form::array, size, static_cast<std::size_t>(alignment), caller_address());
}

void operator delete(void* pointer) noexcept {
    deallocate(Form::object, pointer, {}, default_alignment, caller_address());
}
void operator delete[](void* pointer) noexcept {
    deallocate(Form::array, pointer, {}, default_alignment, caller_address());
}
void operator delete(void* pointer, std::size_t size) noexcept {
    deallocate(Form::object, pointer, size, default_alignment, caller_address());
}
void operator delete[](void* pointer, std::size_t size) noexcept {
    deallocate(Form::array, pointer, size, default_alignment, caller_address());
}
void operator delete(void* pointer, std::align_val_t alignment) noexcept {
    deallocate(Form::object, pointer, {}, static_cast<std::size_t>(alignment), caller_address());
}
void operator delete[](void* pointer, std::align_val_t alignment) noexcept {
    deallocate(Form::array, pointer, {}, static_cast<std::size_t>(alignment), caller_address());
}
void operator delete(void* pointer, std::size_t size, std::align_val_t alignment) noexcept {
    deallocate(Form::object, pointer, size, static_cast<std::size_t>(alignment), caller_address());
}
void operator delete[](void* pointer, std::size_t size, std::align_val_t alignment) noexcept {
    deallocate(Form::array, pointer, size, static_cast<std::size_t>(alignment), caller_address());
}
