// SPDX-License-Identifier: MIT
// The truth beside the heap: every live block and the lately freed ones, kept outside the region,
// so that looking never moves what is looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/carver.hpp"
#include "mm/heap/ledger/address_set.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {

/// What the ledger says of an address that somebody wants to free.
struct Verdict {
    enum class Kind : std::uint8_t {
        live,           ///< the start of a live block: it may be freed
        foreign_free,   ///< outside the heap
        double_free,    ///< the start of a freed block that is still remembered
        interior_free,  ///< strictly inside a live block
        invalid_free,   ///< any other address in the heap
    };
    Kind kind;
    /// The block that the verdict speaks of, or null.
    const Block* block;
};

/// Records of blocks by address, number and name. All of it lives in the memory that it was given.
///
///     address --> latest_    --+
///     number  --> by_number_ --+--> records_    live blocks, and freed ones in a queue
///     name    --> names_     --+
///
/// A freed block's record goes to the end of the queue and is used again when it comes to the
/// front. So the past is remembered evenly: at least the last 4,096 freed blocks.
///
/// Invariant: of each live block there is one record, `latest_` of its granule leads there, and
/// `live_starts_` has its granule. Cost: a few steps for each question about a live block, whatever
/// the heap holds; only questions about the past, or about a number whose place in `by_number_` was
/// taken, look through all records.
class Ledger {
public:
    /// How many freed blocks are remembered at least.
    static constexpr std::size_t remembered = 4096;
    /// How many live blocks it has records for at most: as many as fit into 8 MiB, so that the
    /// records of the largest heap fit into a machine of 128 MiB.
    static constexpr std::size_t most_live = std::size_t{512} * 1024;

    /// Bytes of memory for the ledger of a region of `region_size` bytes, for designs of which at
    /// most one block starts in each granule and at most one in any two neighbouring ones.
    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size,
                                                  std::size_t granule = default_granule);

    /// `memory` is aligned to 8, holds `bytes_needed(region_size, granule)` bytes and outlives the
    /// ledger.
    Ledger(std::span<std::byte> memory, VirtAddr region, std::size_t region_size,
           std::size_t granule = default_granule);

    /// Forgets everything; numbers start at 1 again.
    void clear();

    // --- what happened ---

    /// Whether there is a record for one more live block; `add` relies on it.
    [[nodiscard]] bool has_room() const { return live_count_ < records_.size() - remembered; }

    /// A new live block at `address`, with the next number.
    const Block& add(VirtAddr address, Layout layout, std::size_t block_size, std::uint64_t caller,
                     std::uint64_t command, Block::Form form = Block::Form::none);
    /// A live block was freed; it stays remembered for a while.
    void remove(const Block& block, std::uint64_t caller, std::uint64_t command);
    /// The newest live block was never given, nor named: its number is used again, nothing is
    /// remembered.
    void take_back(const Block& block);
    /// A live block was resized, and moved if `address` says so; the old place is remembered as
    /// freed under the same number.
    const Block& resize(const Block& block, VirtAddr address, std::size_t new_size,
                        std::size_t block_size, std::uint64_t caller, std::uint64_t command);
    void set_name(const Block& block, std::string_view name);

    // --- questions; null where there is no such block ---

    [[nodiscard]] Verdict judge(VirtAddr address) const;
    [[nodiscard]] const Block* freed_at(VirtAddr address) const;
    [[nodiscard]] const Block* live_at(VirtAddr address) const;
    /// The live block that holds `address`, padding included.
    [[nodiscard]] const Block* live_around(VirtAddr address) const;
    /// The live block with the lowest address at or above `address`.
    [[nodiscard]] const Block* live_from(VirtAddr address) const;
    /// The live block with the highest address at or below `address`.
    [[nodiscard]] const Block* live_up_to(VirtAddr address) const;
    /// Live or remembered as freed.
    [[nodiscard]] const Block* with_number(std::uint64_t number) const;
    /// The block, live or freed, that started last in the granule at `address`.
    [[nodiscard]] const Block* latest_start(VirtAddr address) const {
        const std::size_t granule = granule_of(address);
        const Index index = latest_[granule];
        if (index == none || granule_of(records_[index].address) != granule) return nullptr;
        return &records_[index];
    }
    /// The block that was given the name last.
    [[nodiscard]] const Block* with_name(std::string_view name) const;
    /// The next block in address order; start with live_from(region start).
    [[nodiscard]] const Block* live_after(const Block& block) const {
        return live_from(block.address + 1);
    }

    /// Calls `visit(Block)` for each freed block that is remembered, the longest freed first.
    void for_each_freed(auto&& visit) const {
        for (Index index = queue_head_; index != none; index = records_[index].next_in_queue) {
            if (records_[index].state == Block::State::freed) visit(records_[index]);
        }
    }

    [[nodiscard]] std::size_t live_count() const { return live_count_; }
    /// The sum of the live blocks' `block_size` and of the sizes asked for.
    [[nodiscard]] std::size_t taken_bytes() const { return taken_; }
    [[nodiscard]] std::size_t requested_bytes() const { return requested_; }
    /// The number of the newest block; 0 if there was none.
    [[nodiscard]] std::uint64_t last_number() const { return next_number_ - 1; }
    [[nodiscard]] std::size_t granule() const { return granule_; }
    [[nodiscard]] VirtAddr region_start() const { return region_; }
    [[nodiscard]] VirtAddr region_end() const { return region_ + region_size_; }

private:
    using Index = std::uint32_t;
    static constexpr Index none = std::numeric_limits<Index>::max();
    static constexpr std::size_t default_granule = 8;
    static constexpr std::size_t hash_buckets = 4096;

    /// Records, `latest_`, `by_number_`, `names_`, and the words of `live_starts_`.
    using Memory = Carver<Block, Index, Index, Index, std::uint64_t>;
    [[nodiscard]] static Memory memory_for(std::size_t granules);

    [[nodiscard]] bool in_region(VirtAddr address) const {
        return address.value - region_.value < region_size_;
    }
    [[nodiscard]] std::size_t granule_of(VirtAddr address) const {
        return (address - region_) / granule_;
    }
    [[nodiscard]] Index index_of(const Block& block) const {
        return static_cast<Index>(&block - records_.data());
    }
    Block& record(const Block& block) { return records_[index_of(block)]; }
    const Block* start_in_granule(std::size_t number) const { return &records_[latest_[number]]; }

    Index take_oldest();
    void enqueue(Index index);
    void make_live(Index index, const Block& block);
    void end_life(Block& block);
    Index& bucket_of(std::string_view name);
    void unlink_name(Index index);

    VirtAddr region_;
    std::size_t region_size_;
    std::size_t granule_;
    std::span<Block> records_;
    // The record of the block that started last in each granule; maybe another block has it by now.
    std::span<Index> latest_;
    // The record of a number, at the number modulo the count of records: a cache, checked on use.
    std::span<Index> by_number_;
    // The first record of each bucket of names; `next_with_hash` leads on.
    std::span<Index> names_;
    // The granules in which live blocks start: neighbours by address.
    AddressSet live_starts_;
    // So many records, the first ones, have been taken for a block at some time.
    Index used_records_ = 0;
    // Those of them that are freed or unused, the longest freed first: memory of the past fades
    // evenly.
    Index queue_head_ = none;
    Index queue_tail_ = none;
    std::uint64_t next_number_ = 1;
    std::size_t live_count_ = 0;
    std::size_t taken_ = 0;
    std::size_t requested_ = 0;
};

}  // namespace heap44::mm
