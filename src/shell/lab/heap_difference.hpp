// SPDX-License-Identifier: MIT
// `diff`: what is different between two states of the heap, of which only one can be there.
//
//     then ----> journal_.load(then) ----> look ----> journal_.come_back() ----> now
//
// The two states are compared block by block. What is live now and not then has come, what was live
// then and is not now has gone; a block that was moved, resized or named did both. Holes are
// compared by start and size, from a map made for each of the two states.
//
// Cost: each look at the other state copies the bytes that differ, twice. Removed blocks are
// fetched 24 at a time, so there is one such look for every 24 of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "mm/heap/history/journal.hpp"

namespace heap44::shell {

/// Now and a state before, side by side. To look at the other state the heap becomes it for
/// a moment; it is as it was found whenever somebody else has the word.
class HeapDifference {
public:
    // Maps of the holes of both states are made at once, while the heap is at rest.
    HeapDifference(const mm::Heap& heap, mm::Journal& journal, const mm::Journal::Snapshot& then)
        : heap_(heap),
          journal_(journal),
          then_(then),
          now_(find_holes(0)),
          before_(find_holes_before()) {}

    /// Calls `visit(Block)` for each live block that was not there then, by address.
    void for_each_added(auto&& visit) const {
        for_each_unknown(then_.bytes, heap_.start(), [&](const mm::Block& block) {
            visit(block);
            return true;
        });
    }
    /// And for each that was live then and is no more, or no more the same.
    void for_each_removed(auto&& visit) const {
        // Visitors find the heap as it is now, so the blocks of then are fetched some at a time.
        std::array<mm::Block, 24> some;
        std::optional<VirtAddr> from;
        std::size_t count = some.size();
        while (count == some.size()) {
            count = 0;
            journal_.load(then_);
            for_each_unknown(journal_.committed(), from.value_or(heap_.start()),
                             [&](const mm::Block& block) {
                                 some[count++] = block;
                                 from = block.address + 1;
                                 return count < some.size();
                             });
            journal_.come_back();
            std::ranges::for_each(std::span(some).first(count), visit);
        }
    }
    /// Calls `visit(address, size)` for each hole that was not there then, by address.
    void for_each_hole_added(auto&& visit) const { for_each_unknown_hole(now_, before_, visit); }
    void for_each_hole_removed(auto&& visit) const { for_each_unknown_hole(before_, now_, visit); }
    /// How many bytes of the heap itself are different.
    [[nodiscard]] std::size_t bytes_changed() const { return journal_.bytes_changed_since(then_); }

private:
    [[nodiscard]] mm::HoleMap find_holes(std::size_t index) const {
        mm::HoleMap map = heap_.make_hole_map(journal_.hole_map_memory(index));
        heap_.for_each_hole([&](const mm::Hole& hole) {
            map.insert(address_of(hole.address), hole.size);
            return true;
        });
        return map;
    }
    [[nodiscard]] mm::HoleMap find_holes_before() const {
        journal_.load(then_);
        const mm::HoleMap map = find_holes(1);
        journal_.come_back();
        return map;
    }

    /// Until `visit` answers false.
    void for_each_unknown(std::span<const std::byte> bytes, VirtAddr from, auto&& visit) const {
        const mm::Ledger& ledger = heap_.ledger();
        for (const mm::Block* block = ledger.live_from(from); block != nullptr;
             block = ledger.live_after(*block)) {
            // The record of the same place in the other state: records lie at the same offset in
            // both.
            const bool is_known =
                is_one_place() && are_same(*block, journal_.record_in(bytes, *block));
            if (!is_known && !visit(*block)) return;
        }
    }
    /// Region and window have no address in common, and their records do not lie alike.
    [[nodiscard]] bool is_one_place() const { return now_.region() == before_.region(); }

    // Of one number there may be two, where a reset lies between them; of one command only one.
    static bool are_same(const mm::Block& left, const mm::Block& right) {
        return right.is_live() && left.number == right.number && left.address == right.address &&
               left.layout.size == right.layout.size && left.allocated_in == right.allocated_in &&
               left.name.view() == right.name.view();
    }

    void for_each_unknown_hole(const mm::HoleMap& map, const mm::HoleMap& known,
                               auto& visit) const {
        for (VirtAddr hole = map.first_from(map.region()); hole < map.region_end();
             hole = map.first_from(map.end_of(hole))) {
            const VirtAddr end = map.end_of(hole);
            if (!is_one_place() || !known.starts_at(hole) || known.end_of(hole) != end) {
                visit(hole, end - hole);
            }
        }
    }

    const mm::Heap& heap_;
    mm::Journal& journal_;
    const mm::Journal::Snapshot& then_;
    mm::HoleMap now_;
    mm::HoleMap before_;
};

}  // namespace heap44::shell
