// SPDX-License-Identifier: MIT
// The heap: a lock, the design in use, and the ledger that judges what is asked of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "lib/address.hpp"
#include "mm/heap/checkpoint.hpp"
#include "mm/heap/design.hpp"
#include "mm/heap/designs/table.hpp"
#include "mm/heap/hole_judge.hpp"
#include "mm/heap/ledger.hpp"
#include "mm/heap/policy.hpp"
#include "mm/heap/spinlock.hpp"

namespace heap44::mm {

/// Sums over the heap, in bytes and counts. `free` is what the holes hold; `used + free = size`.
struct HeapStats {
    std::size_t size;
    std::size_t used;
    std::size_t requested;
    std::size_t free;
    std::size_t largest;
    std::size_t holes;
    std::size_t live;
    std::uint64_t allocations;
    std::uint64_t frees;
    std::uint64_t failures;
    std::size_t peak_used;

    /// 1 − largest/free: 0 for one hole or none, towards 1 for many small ones.
    [[nodiscard]] double fragmentation() const;
};

enum class Fill : std::uint8_t { none, zero };

class Heap {
public:
    /// `region` and `memory` are mapped; `memory` is aligned to 64 and holds
    /// `memory_needed(region.size())` bytes: the ledger, and what designs keep beside the region.
    Heap(std::span<std::byte> region, std::span<std::byte> memory);

    [[nodiscard]] static std::size_t memory_needed(std::size_t region_size);

    // --- what changes the heap; `caller` is the code address that the ledger names ---

    /// A new block, or null where no hole fits. The alignment must be valid.
    const Block* allocate(Layout layout, std::uint64_t caller, Fill fill = Fill::none);
    /// `count` new blocks, or none at all: the number of those that would have fitted. Their
    /// numbers follow each other and end with the ledger's last.
    std::size_t allocate_all(std::size_t count, Layout layout, std::uint64_t caller, Fill fill);
    /// Frees a live block of the ledger's.
    void free(const Block& block, std::uint64_t caller);
    /// Resizes a live block, moving it if need be; it keeps number and name. Null changes nothing.
    const Block* reallocate(const Block& block, std::size_t new_size, std::uint64_t caller);
    void set_name(const Block& block, std::string_view name);
    /// Empties the heap and forgets every block, number, name, mark and count. Design and policy
    /// stay.
    void reset();
    /// `reset` with another design and the default policy. False where there is none of this name.
    bool select(std::string_view design);
    /// `reset` with another policy. False where the design in use has none.
    bool set_policy(Policy policy);

    // --- what only looks ---

    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] VirtAddr start() const { return address_of(region_.data()); }
    [[nodiscard]] VirtAddr end() const { return start() + region_.size(); }
    [[nodiscard]] std::size_t size() const { return region_.size(); }
    [[nodiscard]] HeapStats stats() const;
    /// What the holes should not hold: the blocks, and what the design needs for itself.
    [[nodiscard]] std::size_t used_bytes() const;
    [[nodiscard]] std::string_view design() const;
    /// Nothing where the design in use has none.
    [[nodiscard]] std::optional<Policy> policy() const;
    /// Calls `visit(Hole)` for each hole in the design's order until it answers false. Each hole is
    /// judged by the ledger before its `next` is followed: at the first that cannot be true the
    /// walk ends, and that is the answer.
    std::optional<HoleFault> for_each_hole(auto&& visit) const {
        HoleJudge judge(hole_map_, ledger_);
        std::visit(
            [&](const auto& design) {
                design.for_each_hole([&](const Hole& hole) { return judge(hole) && visit(hole); });
            },
            design_);
        return judge.fault();
    }

    /// Where the search for a hole begins, if not at the first.
    [[nodiscard]] std::optional<VirtAddr> search_start() const;
    /// Places a block of this layout, calls `look(address)` (null where none fits), and takes all
    /// back, to the byte. The ledger is not told.
    void try_place(Layout layout, auto&& look) {
        const Checkpoint before(design_, region_, metadata_, checkpoint_memory_);
        look(std::visit([&](auto& design) { return design.allocate(layout); }, design_));
        before.restore(design_);
    }

    /// The holes that the last `for_each_hole` came to.
    [[nodiscard]] const HoleMap& hole_map() const { return hole_map_; }

    /// Remembers the newest block's number, for `leaks`.
    void mark() { mark_ = ledger_.last_number(); }
    [[nodiscard]] std::uint64_t marked_number() const { return mark_; }

    /// The number of the command under way, which the ledger notes with each block.
    void set_time(std::uint64_t command) { time_ = command; }

    // --- the lock, for the lesson about interrupts and for what was abandoned half-way ---

    [[nodiscard]] Spinlock& lock() { return lock_; }
    /// Frees the lock after its holder was abandoned.
    void recover() {
        if (lock_.is_taken()) lock_.unlock();
    }

private:
    void start_afresh();
    void forget_newest(std::size_t count);
    void note_peak();

    std::span<std::byte> region_;
    Ledger ledger_;
    mutable HoleMap hole_map_;
    std::span<std::byte> metadata_;
    // Room for the copies of region and metadata that a checkpoint makes.
    std::span<std::byte> checkpoint_memory_;
    AnyDesign design_;
    Spinlock lock_;
    std::uint64_t mark_ = 0;
    std::uint64_t time_ = 0;
    std::uint64_t allocations_ = 0;
    std::uint64_t frees_ = 0;
    std::uint64_t failures_ = 0;
    std::size_t peak_used_ = 0;
};

/// The names of all designs, in the table's order.
[[nodiscard]] std::span<const std::string_view> design_names();

}  // namespace heap44::mm
