// SPDX-License-Identifier: MIT
// What operator new and operator delete do: the kernel's and the host program's both end here.
//
// The standard library sees an ordinary operator new. What it asks for is a block of the heap like
// any other: in the ledger, with its caller, on the map.
#pragma once

#include <cstdint>
#include <optional>

#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// A block for C++ code; a panic `allocation error: Layout { size: …, align: … }` where none fits.
[[nodiscard]] void* cpp_allocate(mm::Heap& heap, mm::Layout layout, std::uint64_t caller);

/// Gives back what C++ code deletes; null is nothing. A panic with the ledger's verdict where no
/// live block starts there, or where the layout that the code knows is not the block's.
/// `size` and `align` are what the code knows of the layout.
void cpp_deallocate(mm::Heap& heap, void* pointer, std::optional<std::size_t> size,
                    std::optional<std::size_t> align, std::uint64_t caller);

/// While one lives, C++ code's memory comes from the heap that the shell shows. The host program
/// asks for it, since its own memory must come from elsewhere.
class CppHeapScope {
public:
    CppHeapScope() { ++depth_; }
    ~CppHeapScope() { --depth_; }
    CppHeapScope(const CppHeapScope&) = delete;
    CppHeapScope& operator=(const CppHeapScope&) = delete;

    [[nodiscard]] static bool is_open() { return depth_ > 0; }
    /// Ends all scopes, after what was inside them was abandoned.
    static void close_all() { depth_ = 0; }

private:
    // Not a bool, because a command within a command may open one of its own.
    static inline int depth_ = 0;
};

}  // namespace heap44::shell
