// SPDX-License-Identifier: MIT
// What operator new and operator delete do: the kernel's and the host program's both end here.
//
// The standard library sees an ordinary operator new. What it asks for is a block of the heap like
// any other: in the ledger, with its caller, on the map.
#pragma once

#include <cstdint>
#include <optional>

#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// A block for C++ code; a panic `allocation error: Layout { size: …, align: … }` where none fits.
/// `form` is that of the `new`.
[[nodiscard]] void* cpp_allocate(mm::Heap& heap, mm::Layout layout, mm::Block::Form form,
                                 std::uint64_t caller);

/// What code that deletes knows of the block: the form of its `delete`, and of the layout what that
/// form tells.
struct Deletion {
    mm::Block::Form form;
    std::optional<std::size_t> size;
    std::optional<std::size_t> align;
};

/// Gives back what C++ code deletes; null is nothing. A panic with the ledger's verdict where no
/// live block starts there, and where what the code knows is not true of the block: the layout
/// (`wrong-layout`), or else the form (`wrong-delete`).
void cpp_deallocate(mm::Heap& heap, void* pointer, const Deletion& known, std::uint64_t caller);

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
