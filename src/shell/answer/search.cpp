// SPDX-License-Identifier: MIT
#include "shell/answer/search.hpp"

#include "mm/heap/heap.hpp"

namespace heap44::shell {

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
                has_list ? heap.obstacle(hole, layout) : "found without a walk over the holes";
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
