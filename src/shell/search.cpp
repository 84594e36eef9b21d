// SPDX-License-Identifier: MIT
#include "shell/search.hpp"

#include <algorithm>

#include "lib/align.hpp"
#include "mm/heap/designs/linked_list.hpp"

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
    mm::Hole taken{};
    heap.for_each_hole([&](const mm::Hole& hole) {
        if (holds(hole, reinterpret_cast<const std::byte*>(result.chosen->value))) taken = hole;
        return taken.address == nullptr;
    });
    heap.try_place(layout, [&](const std::byte*) {
        heap.for_each_hole([&](const mm::Hole& hole) {
            if (holds(taken, hole.address)) result.left[result.left_count++] = hole;
            return result.left_count < result.left.size();
        });
    });
    std::ranges::sort(std::span(result.left).first(result.left_count), {}, &mm::Hole::address);
    return result;
}

std::string_view judge_fit(const mm::Hole& hole, mm::Layout layout) {
    constexpr std::size_t smallest_hole = 16;
    const std::size_t size = mm::LinkedList::block_size(layout);
    if (hole.size < size) return "too small";
    const std::uint64_t begin = address_of(hole.address).value;
    std::uint64_t start = begin;
    if (!is_aligned(begin, layout.align)) {
        start = checked_align_up(begin + smallest_hole, layout.align).value_or(begin + hole.size);
    }
    if (start - begin > hole.size - size) return "too small behind the padding for the alignment";
    const std::size_t rest = hole.size - (start - begin) - size;
    if (rest != 0 && rest < smallest_hole) return "8 bytes would be left, too few for a hole";
    return {};
}

}  // namespace heap44::shell
