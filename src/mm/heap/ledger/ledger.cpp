// SPDX-License-Identifier: MIT
#include "mm/heap/ledger/ledger.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>

namespace heap44::mm {

Ledger::Memory Ledger::memory_for(std::size_t granules) {
    // At most every second granule starts a block, and so many freed ones are remembered besides.
    const std::size_t records = std::min(granules / 2, most_live) + remembered;
    return {records, granules, records, hash_buckets, AddressSet::words_needed(granules)};
}

std::size_t Ledger::bytes_needed(std::size_t region_size, std::size_t granule) {
    return memory_for(region_size / granule).bytes();
}

Ledger::Ledger(std::span<std::byte> memory, VirtAddr region, std::size_t region_size,
               std::size_t granule)
    : region_(region), region_size_(region_size), granule_(granule) {
    const std::size_t granules = region_size / granule;
    std::span<std::uint64_t> words;
    std::tie(records_, latest_, by_number_, names_, words) = memory_for(granules).carve(memory);
    std::uninitialized_default_construct(records_.begin(), records_.end());
    live_starts_ = AddressSet(words, granules);
    clear();
}

/// Of the records only those that were used are written; the others are empty still.
void Ledger::clear() {
    live_starts_.clear();
    std::ranges::fill(latest_, none);
    std::ranges::fill(names_, none);
    queue_head_ = queue_tail_ = none;
    std::ranges::fill(records_.first(used_records_), Block{});
    used_records_ = 0;
    next_number_ = 1;
    live_count_ = taken_ = requested_ = 0;
}

const Block& Ledger::add(VirtAddr address, Layout layout, std::size_t block_size,
                         std::uint64_t caller, std::uint64_t command, Block::Form form) {
    const Index index = take_oldest();
    make_live(index, {.address = address,
                      .layout = layout,
                      .block_size = block_size,
                      .number = next_number_++,
                      .caller = caller,
                      .allocated_in = command,
                      .state = Block::State::live,
                      .form = form});
    return records_[index];
}

/// The record stays where it is and joins the queue. It is used again when it comes to the front.
void Ledger::remove(const Block& block, std::uint64_t caller, std::uint64_t command) {
    Block& freed = record(block);
    end_life(freed);
    freed.freed_by = caller;
    freed.freed_in = command;
    freed.state = Block::State::freed;
    enqueue(index_of(freed));
}

void Ledger::take_back(const Block& block) {
    Block& never_given = record(block);
    end_life(never_given);
    next_number_ = never_given.number;
    const Index index = index_of(never_given);
    records_[index] = Block{};
    // To the front of the queue: it holds nothing worth remembering.
    records_[index].next_in_queue = queue_head_;
    queue_head_ = index;
    if (queue_tail_ == none) queue_tail_ = index;
}

const Block& Ledger::resize(const Block& block, VirtAddr address, std::size_t new_size,
                            std::size_t block_size, std::uint64_t caller, std::uint64_t command) {
    Block resized = block;
    resized.address = address;
    resized.layout.size = new_size;
    resized.block_size = block_size;
    resized.resized_in = static_cast<std::uint32_t>(command);
    // In place: the record is the same, and so is all that leads to it.
    if (address == block.address) {
        taken_ += block_size - block.block_size;
        requested_ += new_size - block.layout.size;
        return record(block) = resized;
    }
    // The number and the name go with the block; what stays behind is a freed place.
    unlink_name(index_of(block));
    record(block).name = {};
    remove(block, caller, command);
    const Index index = take_oldest();
    const BlockName name = std::exchange(resized.name, {});
    make_live(index, resized);
    if (!name.empty()) set_name(records_[index], name.view());
    return records_[index];
}

/// A name may be given twice. The newer block comes first in its bucket, so it is found.
void Ledger::set_name(const Block& block, std::string_view name) {
    Block& named = record(block);
    named.name = BlockName(name);
    Index& bucket = bucket_of(name);
    named.next_with_hash = bucket;
    bucket = index_of(named);
}

Verdict Ledger::judge(VirtAddr address) const {
    using enum Verdict::Kind;
    if (!in_region(address)) return {foreign_free, nullptr};
    // What is asked nearly always, and answered without a search: is this the start of a block?
    const Index latest = latest_[granule_of(address)];
    if (latest != none && records_[latest].is_live() && records_[latest].address == address) {
        return {live, &records_[latest]};
    }
    if (const Block* block = live_around(address)) {
        return {interior_free, block};
    }
    if (const Block* block = freed_at(address)) return {double_free, block};
    return {invalid_free, nullptr};
}

const Block* Ledger::freed_at(VirtAddr address) const {
    const Index index = latest_[granule_of(address)];
    if (index != none && records_[index].address == address) return &records_[index];
    // A refused allocation may have taken the place in the table from an older block.
    const Block* newest = nullptr;
    for (const Block& block : records_.first(used_records_)) {
        const bool starts_here = block.state == Block::State::freed && block.address == address;
        if (starts_here && (newest == nullptr || newest->number < block.number)) newest = &block;
    }
    return newest;
}

const Block* Ledger::live_at(VirtAddr address) const {
    const Block* block = live_around(address);
    return block != nullptr && block->address == address ? block : nullptr;
}

const Block* Ledger::live_around(VirtAddr address) const {
    const Block* block = live_up_to(address);
    return block != nullptr && address < block->end() ? block : nullptr;
}

const Block* Ledger::live_up_to(VirtAddr address) const {
    if (!in_region(address)) return nullptr;
    auto start = live_starts_.last_up_to(granule_of(address));
    // In a wide granule a block may start behind the address.
    if (start && start_in_granule(*start)->address > address) {
        start = *start > 0 ? live_starts_.last_up_to(*start - 1) : std::nullopt;
    }
    return start ? start_in_granule(*start) : nullptr;
}

/// The set knows in which granules live blocks start; `latest_` leads from there to the record.
const Block* Ledger::live_from(VirtAddr address) const {
    if (!in_region(address)) return nullptr;
    auto start = live_starts_.first_from(granule_of(address));
    if (start && start_in_granule(*start)->address < address) {
        start = live_starts_.first_from(*start + 1);
    }
    return start ? start_in_granule(*start) : nullptr;
}

const Block* Ledger::with_number(std::uint64_t number) const {
    if (number == 0 || number >= next_number_) return nullptr;
    const Index index = by_number_[number % by_number_.size()];
    if (records_[index].number == number) return &records_[index];
    // A long-lived block's place in the cache went to a younger one.
    const Block* freed = nullptr;
    for (const Block& block : records_.first(used_records_)) {
        if (block.number != number) continue;
        if (block.is_live()) return &block;
        freed = &block;
    }
    return freed;
}

const Block* Ledger::with_name(std::string_view name) const {
    const std::size_t bucket = std::hash<std::string_view>{}(name) % hash_buckets;
    for (Index index = names_[bucket]; index != none; index = records_[index].next_with_hash) {
        if (records_[index].name.view() == name) return &records_[index];
    }
    return nullptr;
}

/// A record for a new block: a fresh one while few are remembered, else the one that was freed
/// longest ago, which is forgotten with this.
Ledger::Index Ledger::take_oldest() {
    // No more records than are needed to remember so many: those in use then stay in the caches.
    // (There is always one more: `has_room` keeps the live blocks from taking so many.)
    if (used_records_ - live_count_ <= remembered) return used_records_++;
    const Index index = queue_head_;
    queue_head_ = records_[index].next_in_queue;
    unlink_name(index);
    return index;
}

/// At the end: whatever led to the end leads here now.
void Ledger::enqueue(Index index) {
    records_[index].next_in_queue = none;
    (queue_tail_ == none ? queue_head_ : records_[queue_tail_].next_in_queue) = index;
    queue_tail_ = index;
}

/// All ways to find a block lead to this record from now on: by address, by number.
void Ledger::make_live(Index index, const Block& block) {
    records_[index] = block;
    latest_[granule_of(block.address)] = index;
    by_number_[block.number % by_number_.size()] = index;
    live_starts_.insert(granule_of(block.address));
    ++live_count_;
    taken_ += block.block_size;
    requested_ += block.layout.size;
}

/// The block counts no more. Its number and its address still lead to its record: so a second free
/// is recognised.
void Ledger::end_life(Block& block) {
    live_starts_.erase(granule_of(block.address));
    --live_count_;
    taken_ -= block.block_size;
    requested_ -= block.layout.size;
}

Ledger::Index& Ledger::bucket_of(std::string_view name) {
    return names_[std::hash<std::string_view>{}(name) % hash_buckets];
}

/// A record that is used again must leave its bucket: the list goes through the records.
void Ledger::unlink_name(Index index) {
    const Block& block = records_[index];
    if (block.name.empty()) return;
    Index* link = &bucket_of(block.name.view());
    while (*link != index) link = &records_[*link].next_with_hash;
    *link = block.next_with_hash;
}

}  // namespace heap44::mm
