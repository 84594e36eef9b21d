// SPDX-License-Identifier: MIT
#include "shell/lab/try_search.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"

namespace heap44::shell {

namespace {

/// Whether `address` lies in the hole.
bool holds(const mm::Hole& hole, const std::byte* address) {
    return address >= hole.address && address < hole.address + hole.size;
}

}  // namespace

SearchResult try_search(mm::Heap& heap, mm::Layout layout) {
    SearchResult result;
    heap.try_place(layout, [&](const std::byte* block) {
        if (block != nullptr) result.chosen = address_of(block);
    });
    if (!result.chosen) return result;
    // The hole that holds the chosen address now will be gone, or smaller, after the allocation.
    mm::Hole taken{};
    heap.for_each_hole([&](const mm::Hole& hole) {
        if (holds(hole, reinterpret_cast<const std::byte*>(result.chosen->value))) taken = hole;
        return taken.address == nullptr;
    });
    // Once more, to see what is left of this hole while the block is there.
    heap.try_place(layout, [&](const std::byte*) {
        heap.for_each_hole([&](const mm::Hole& hole) {
            if (holds(taken, hole.address)) result.left[result.left_count++] = hole;
            return result.left_count < result.left.size();
        });
    });
    std::ranges::sort(std::span(result.left).first(result.left_count), {}, &mm::Hole::address);
    return result;
}

}  // namespace heap44::shell
