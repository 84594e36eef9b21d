// SPDX-License-Identifier: MIT
// `diff`: what is different between two states of the heap, of which only one can be there.
#pragma once

#include <cstddef>

#include "mm/heap/journal.hpp"

namespace heap44::shell {

/// Now and a state before, side by side. To look at the other state the heap becomes it for
/// a moment; each function leaves it as it was found.
class HeapDifference {
public:
    HeapDifference(const mm::Heap& heap, mm::Journal& journal, const mm::Journal::Snapshot& then)
        : heap_(heap), journal_(journal), then_(then) {
        note_holes(now());
        journal_.load(then_);
        note_holes(before());
        journal_.come_back();
    }

    /// Calls `visit(Block)` for each live block that was not there then, by address.
    void for_each_added(auto&& visit) const { for_each_unknown(then_.bytes, visit); }
    /// And for each that was live then and is no more, or no more the same.
    void for_each_removed(auto&& visit) const {
        journal_.load(then_);
        for_each_unknown(journal_.committed(), visit);
        journal_.come_back();
    }
    /// Calls `visit(address, size)` for each hole that was not there then, by address.
    void for_each_hole_added(auto&& visit) const { for_each_unknown_hole(now(), before(), visit); }
    void for_each_hole_removed(auto&& visit) const {
        for_each_unknown_hole(before(), now(), visit);
    }
    /// How many bytes of the heap itself are different.
    [[nodiscard]] std::size_t bytes_changed() const {
        const auto region = heap_.region();
        std::size_t count = 0;
        for (std::size_t at = 0; at < region.size(); ++at) {
            if (region[at] != then_.bytes[at]) ++count;
        }
        return count;
    }

private:
    [[nodiscard]] mm::HoleMap& now() const { return journal_.hole_maps()[0]; }
    [[nodiscard]] mm::HoleMap& before() const { return journal_.hole_maps()[1]; }

    void note_holes(mm::HoleMap& map) const {
        map.clear();
        heap_.for_each_hole([&](const mm::Hole& hole) {
            map.insert(address_of(hole.address), hole.size);
            return true;
        });
    }

    void for_each_unknown(std::span<const std::byte> bytes, auto& visit) const {
        const mm::Ledger& ledger = heap_.ledger();
        for (const mm::Block* block = ledger.live_from(heap_.start()); block != nullptr;
             block = ledger.live_after(*block)) {
            if (!are_same(*block, journal_.record_in(bytes, *block))) visit(*block);
        }
    }

    // Of one number there may be two, where a reset lies between them; of one command only one.
    static bool are_same(const mm::Block& left, const mm::Block& right) {
        return right.is_live() && left.number == right.number && left.address == right.address &&
               left.layout.size == right.layout.size && left.allocated_in == right.allocated_in &&
               left.name.view() == right.name.view();
    }

    void for_each_unknown_hole(const mm::HoleMap& map, const mm::HoleMap& known,
                               auto& visit) const {
        for (VirtAddr hole = map.first_from(heap_.start()); hole < heap_.end();
             hole = map.first_from(map.end_of(hole))) {
            const VirtAddr end = map.end_of(hole);
            if (!known.starts_at(hole) || known.end_of(hole) != end) visit(hole, end - hole);
        }
    }

    const mm::Heap& heap_;
    mm::Journal& journal_;
    const mm::Journal::Snapshot& then_;
};

}  // namespace heap44::shell
