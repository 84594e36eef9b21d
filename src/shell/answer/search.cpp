// SPDX-License-Identifier: MIT
#include "shell/answer/search.hpp"

#include "lib/align.hpp"
#include "mm/heap/designs/linked_list.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::shell {

std::string_view judge_fit(const mm::Hole& hole, mm::Layout layout) {
    // A hole needs room for two words: its size and the next hole's address.
    constexpr std::size_t smallest_hole = 16;
    const std::size_t size = mm::LinkedList::block_size(layout);
    if (hole.size < size) return "too small";
    const std::uint64_t begin = address_of(hole.address).value;
    std::uint64_t start = begin;
    // What is skipped for the alignment stays behind as a hole, so it must be large enough for one.
    if (!is_aligned(begin, layout.align)) {
        start = checked_align_up(begin + smallest_hole, layout.align).value_or(begin + hole.size);
    }
    if (start - begin > hole.size - size) return "too small behind the padding for the alignment";
    // The same holds for what would be left at the end, unless nothing is.
    const std::size_t rest = hole.size - (start - begin) - size;
    if (rest != 0 && rest < smallest_hole) return "8 bytes would be left, too few for a hole";
    return {};
}

void for_each_visited(const mm::Heap& heap, mm::Layout layout, const SearchResult& result,
                      FunctionRef<void(const VisitedHole&)> visit) {
    const bool has_list = heap.design() == "linked-list" || heap.design() == "indexed";
    // First and next fit end at the first hole that fits; best and worst fit look at all of them.
    const mm::Policy policy = heap.policy().value_or(mm::Policy{});
    const bool stops_at_fit = policy.fit == mm::Fit::first || policy.fit == mm::Fit::next;
    const auto holds_chosen = [&](const mm::Hole& hole) {
        const VirtAddr address = address_of(hole.address);
        return result.chosen && *result.chosen >= address && *result.chosen < address + hole.size;
    };
    // Next fit begins at its rover and comes round to the holes in front of it.
    const std::optional<VirtAddr> begin = heap.search_start();
    for (int round = begin ? 0 : 1; round < 2; ++round) {
        bool before_begin = begin.has_value();
        bool found = false;
        heap.for_each_hole([&](const mm::Hole& hole) {
            const VirtAddr address = address_of(hole.address);
            if (begin && address == *begin) before_begin = false;
            // In round 0 what stands before the rover is passed over, in round 1 the rover ends the
            // walk.
            if (begin && before_begin != (round == 1)) return round == 0;
            const bool is_chosen = holds_chosen(hole);
            if (!has_list && !is_chosen) return true;
            const std::string_view reason =
                has_list ? judge_fit(hole, layout) : "found without a walk over the holes";
            const bool fits = !has_list || reason.empty();
            visit(VisitedHole{address, hole.size, fits,
                              !fits       ? reason
                              : !has_list ? reason
                              : is_chosen ? "taken"
                                          : "fits, but another one fits better"});
            found = found || is_chosen;
            return !(is_chosen && stops_at_fit);
        });
        if (found) return;
    }
}

}  // namespace heap44::shell
