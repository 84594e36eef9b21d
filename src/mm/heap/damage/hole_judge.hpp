// SPDX-License-Identifier: MIT
// Judges the holes that a design tells of against the ledger, before they are believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/address.hpp"
#include "lib/align.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/hole_map.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// What is wrong with a hole, and the word that says so.
struct HoleFault {
    enum class Kind : std::uint8_t {
        outside,     ///< the hole or a part of it lies outside the heap
        misaligned,  ///< its address or size is no multiple of 8
        overlaps,    ///< it overlaps a live block
        repeated,    ///< the list has come to this hole before: a cycle
        bad_next,    ///< its `next` cannot be a hole's address
    };
    Kind kind;
    VirtAddr hole;
    /// The value that cannot be true: the address, the size, or `next`.
    std::uint64_t value;
};

/// Sees the holes of one walk, in the order in which they come. A hole's words lie in memory that a
/// stray write can reach, so none is believed before it is checked against the ledger, which lies
/// elsewhere. Every true hole is taken down, and one that comes again is a cycle: so each walk
/// ends, whatever the memory holds. Cost: O(log64 size) a hole.
class HoleJudge {
public:
    /// `seen` takes down the holes that were judged true.
    HoleJudge(HoleMap& seen, const Ledger& ledger) : seen_(seen), ledger_(ledger) { seen_.clear(); }

    /// Whether the hole can be true and its `next` may be followed.
    bool operator()(const Hole& hole) {
        const VirtAddr address = address_of(hole.address);
        // The size is compared with what is left: `address + size` might wrap around.
        if (!in_region(address) || hole.size == 0 || hole.size > ledger_.region_end() - address) {
            return blame(HoleFault::Kind::outside, address, hole.size);
        }
        if (!is_aligned(address.value, HoleMap::granule) ||
            !is_aligned(hole.size, HoleMap::granule)) {
            return blame(HoleFault::Kind::misaligned, address, hole.size);
        }
        if (seen_.starts_at(address)) {
            return blame(HoleFault::Kind::repeated, address, address.value);
        }
        if (overlaps_block(address, hole.size)) {
            return blame(HoleFault::Kind::overlaps, address, hole.size);
        }
        const VirtAddr next = address_of(hole.next);
        if (hole.next != nullptr &&
            (!in_region(next) || !is_aligned(next.value, HoleMap::granule))) {
            return blame(HoleFault::Kind::bad_next, address, next.value);
        }
        seen_.insert(address, hole.size);
        return true;
    }

    [[nodiscard]] const std::optional<HoleFault>& fault() const { return fault_; }

private:
    [[nodiscard]] bool in_region(VirtAddr address) const {
        return address >= ledger_.region_start() && address < ledger_.region_end();
    }
    /// The last live block that starts before the hole's end is enough to ask: those before it end
    /// where it starts, or earlier.
    [[nodiscard]] bool overlaps_block(VirtAddr address, std::size_t size) const {
        const Block* block = ledger_.live_up_to(address + (size - 1));
        return block != nullptr && block->end() > address;
    }
    bool blame(HoleFault::Kind kind, VirtAddr hole, std::uint64_t value) {
        fault_ = HoleFault{kind, hole, value};
        return false;
    }

    HoleMap& seen_;
    const Ledger& ledger_;
    std::optional<HoleFault> fault_;
};

}  // namespace heap44::mm
