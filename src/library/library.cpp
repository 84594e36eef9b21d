// SPDX-License-Identifier: MIT
// libheap44.so: what include/heap44.h declares.
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>
#include <sys/mman.h>
#include <utility>
#include <variant>

#include "lib/panic.hpp"
#include "library/any_heap.hpp"
#include "mm/heap/designs/table.hpp"

// In C++ a type and a namespace of one name cannot be told apart; C knows no namespaces. Here the
// type has another name.
#define heap44 heap44_handle
#include "heap44.h"
#undef heap44

struct heap44_handle;

namespace heap44 {

// There is no shell here that could go on with the next command: the program ends.
void panic(PanicKind, std::string_view message, std::uint64_t, std::uint64_t, std::uint64_t) {
    std::fprintf(stderr, "libheap44: %.*s\n", static_cast<int>(message.size()), message.data());
    std::abort();
}

namespace library {

namespace {

constexpr std::size_t smallest_region = 16;
constexpr std::size_t largest_region = std::size_t{1} << 30;
// A cache line, for the index of `indexed`; no design asks for more.
constexpr std::size_t metadata_alignment = 64;

// The handle is the heap's own address under a name that C knows.
AnyHeap* heap_of(heap44_handle* handle) {
    return reinterpret_cast<AnyHeap*>(handle);
}
const AnyHeap* heap_of(const heap44_handle* handle) {
    return reinterpret_cast<const AnyHeap*>(handle);
}

/// The heap's own object, and behind it in the same mapping what it keeps beside the region.
template <class Kind>
AnyHeap* make(std::span<std::byte> region) {
    // The mapping is unmapped in the end, and nothing is destroyed before.
    static_assert(std::is_trivially_destructible_v<Kind>);
    const std::size_t own_bytes = align_up(sizeof(Kind), metadata_alignment);
    const std::size_t bytes = own_bytes + Kind::memory_needed(region.size());
    void* mapping =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return nullptr;
    const std::span memory(static_cast<std::byte*>(mapping), bytes);
    return new (mapping) Kind(region, memory.subspan(own_bytes), bytes);
}

/// Of two designs of one name the first answers to it. Those that need a window of unmapped
/// addresses cannot be had: the region is the caller's.
template <template <class> class Kind, std::size_t Index = 0>
AnyHeap* make_named(std::string_view name, std::span<std::byte> region) {
    // One design after the other, as the table has them: the name decides at run time, the type is
    // known when this is compiled.
    if constexpr (Index == std::variant_size_v<mm::AnyDesign>) {
        return nullptr;
    } else {
        using D = std::variant_alternative_t<Index, mm::AnyDesign>;
        if constexpr (!mm::WindowDesign<D>) {
            if (name == D::name) return make<Kind<D>>(region);
        }
        return make_named<Kind, Index + 1>(name, region);
    }
}

/// Whether the designs can work there: not null, aligned, neither too small nor too large, and not
/// over the end of all addresses.
bool is_good_region(const void* region, std::size_t size) {
    const std::uint64_t start = address_of(region).value;
    return region != nullptr && is_aligned(start, 8) && size >= smallest_region &&
           size <= largest_region && start + size > start;
}

/// A name or a region that is no good gives null. The region is cut down to whole units of 8.
template <template <class> class Kind>
heap44_handle* create(const char* design, void* region, std::size_t size) {
    if (design == nullptr || !is_good_region(region, size)) return nullptr;
    const std::span bytes(static_cast<std::byte*>(region), align_down(size, 8));
    return reinterpret_cast<heap44_handle*>(make_named<Kind>(design, bytes));
}

}  // namespace

}  // namespace library

}  // namespace heap44

using heap44::library::heap_of;
using heap44::mm::Layout;

// The functions of the C interface check what a caller may get wrong and pass the rest on.
heap44_handle* heap44_create(const char* design, void* region, std::size_t size) {
    return heap44::library::create<heap44::library::PlainHeap>(design, region, size);
}

heap44_handle* heap44_create_checked(const char* design, void* region, std::size_t size) {
    return heap44::library::create<heap44::library::CheckedHeap>(design, region, size);
}

void* heap44_allocate(heap44_handle* heap, std::size_t size, std::size_t align) {
    const Layout layout{size, align};
    if (heap == nullptr || !layout.is_valid()) return nullptr;
    return heap_of(heap)->allocate(layout);
}

void heap44_deallocate(heap44_handle* heap, void* block, std::size_t size, std::size_t align) {
    if (heap == nullptr || block == nullptr) return;
    heap_of(heap)->deallocate(static_cast<std::byte*>(block), {size, align});
}

void* heap44_reallocate(heap44_handle* heap, void* block, std::size_t size, std::size_t align,
                        std::size_t new_size) {
    // As `realloc` does: without a block it is an allocation.
    if (block == nullptr) return heap44_allocate(heap, new_size, align);
    const Layout layout{size, align};
    // A checked heap counts a wrong alignment itself, as any that the block has not.
    if (heap == nullptr) return nullptr;
    return heap_of(heap)->reallocate(static_cast<std::byte*>(block), layout, new_size);
}

std::size_t heap44_holes(const heap44_handle* heap,
                         void (*each)(void* context, void* address, std::size_t size),
                         void* context) {
    return heap != nullptr ? heap_of(heap)->for_each_hole(each, context) : 0;
}

std::size_t heap44_errors(const heap44_handle* heap) {
    return heap != nullptr ? heap_of(heap)->errors() : 0;
}

void heap44_destroy(heap44_handle* heap) {
    // The heap's object lies in the mapping itself: its size is read before the mapping goes.
    if (heap != nullptr) munmap(heap, heap_of(heap)->mapped_bytes());
}
