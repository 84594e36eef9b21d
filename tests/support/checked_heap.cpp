// SPDX-License-Identifier: MIT
#include "checked_heap.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "lib/align.hpp"

namespace heap44::test {

namespace {

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

std::uint64_t number(const std::byte* address) {
    return reinterpret_cast<std::uint64_t>(address);
}

std::size_t sum(std::span<const mm::Hole> holes) {
    std::size_t total = 0;
    for (const mm::Hole& hole : holes) total += hole.size;
    return total;
}

bool same_holes(std::span<const mm::Hole> left, std::span<const mm::Hole> right) {
    return std::ranges::equal(left, right, [](const mm::Hole& one, const mm::Hole& other) {
        return one.address == other.address && one.size == other.size && one.next == other.next;
    });
}

std::byte pattern_byte(std::uint8_t pattern, std::size_t index) {
    return static_cast<std::byte>(pattern + index * 7);
}

}  // namespace

CheckedHeap::CheckedHeap(Subject& subject, Promises promises)
    : subject_(subject), promises_(promises), fresh_(subject.holes()), fresh_free_(sum(fresh_)) {
    check();
}

std::size_t CheckedHeap::allocate(mm::Layout layout, Fill fill) {
    const State before = state();
    std::byte* block =
        fill == Fill::zero ? subject_.allocate_zeroed(layout) : subject_.allocate(layout);
    if (block == nullptr) {
        check_unchanged(before);
        return live_.size();
    }
    live_.push_back({block, layout, next_pattern_++});
    check_block(live_.back());
    const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
    require(fill == Fill::none || std::all_of(block, block + layout.size, is_zero),
            "zeroed memory is not zero");
    check();
    fill_with_pattern(live_.back());
    return live_.size() - 1;
}

void CheckedHeap::deallocate(std::size_t index) {
    const Live block = live_[index];
    check_pattern(block, block.layout.size);
    live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(index));
    subject_.deallocate(block.address, block.layout);
    check();
    if (!live_.empty()) return;
    require(!promises_.gives_back || sum(subject_.holes()) == fresh_free_,
            "not all memory came back");
    require(!promises_.whole_again || same_holes(subject_.holes(), fresh_),
            "the empty heap's holes are not those of a fresh one");
}

bool CheckedHeap::reallocate(std::size_t index, std::size_t new_size) {
    const State before = state();
    Live& block = live_[index];
    const std::size_t old_size = block.layout.size;
    check_pattern(block, old_size);
    std::byte* moved = subject_.reallocate(block.address, block.layout, new_size);
    if (moved == nullptr) {
        check_unchanged(before);
        return false;
    }
    block.address = moved;
    block.layout.size = new_size;
    check_block(block);
    check_pattern(block, std::min(old_size, new_size));
    check();
    fill_with_pattern(block);
    return true;
}

void CheckedHeap::deallocate_all() {
    while (!live_.empty()) deallocate(live_.size() - 1);
}

std::size_t CheckedHeap::free_bytes() const {
    return sum(subject_.holes());
}

void CheckedHeap::check() const {
    std::vector<Piece> pieces = check_holes();
    for (const Live& block : live_) {
        pieces.push_back({block.address, subject_.block_size(block.layout), false});
    }
    check_pieces(std::move(pieces));
    check_sums();
}

CheckedHeap::State CheckedHeap::state() const {
    const auto region = subject_.region();
    return {{region.begin(), region.end()}, subject_.holes()};
}

void CheckedHeap::check_unchanged(const State& before) const {
    require(same_holes(subject_.holes(), before.holes), "a request that failed changed the holes");
    require(std::ranges::equal(subject_.region(), before.bytes),
            "a request that failed changed the heap's bytes");
    check_sums();
}

void CheckedHeap::check_block(const Live& block) const {
    const std::size_t taken = subject_.block_size(block.layout);
    require(is_aligned(number(block.address), block.layout.align), "misaligned block");
    require(taken >= block.layout.size, "a block takes less than was asked for");
    if (!promises_.in_granules) return;
    require(is_aligned(number(block.address), 8), "a block starts on no multiple of 8");
    require(taken >= 16 && is_aligned(taken, 8), "a block takes less than 16, or no multiple of 8");
}

std::vector<CheckedHeap::Piece> CheckedHeap::check_holes() const {
    const std::vector<mm::Hole> holes = subject_.holes();
    std::vector<Piece> pieces;
    for (std::size_t index = 0; index < holes.size(); ++index) {
        const mm::Hole& hole = holes[index];
        require(hole.size != 0 && is_aligned(hole.size, 8), "a hole's size is no multiple of 8");
        require(is_aligned(number(hole.address), 8), "a hole starts on no multiple of 8");
        const std::byte* next = index + 1 < holes.size() ? holes[index + 1].address : nullptr;
        require(hole.next == next, "a hole's next is not the hole that follows");
        pieces.push_back({hole.address, hole.size, true});
    }
    return pieces;
}

void CheckedHeap::check_pieces(std::vector<Piece> pieces) const {
    std::ranges::sort(pieces, {}, &Piece::begin);
    const std::byte* end = subject_.region().data();
    bool behind_hole = false;
    for (const Piece& piece : pieces) {
        require(piece.begin >= end, "blocks or holes overlap, or begin before the heap");
        require(!promises_.joins_neighbours || !behind_hole || !piece.is_hole || piece.begin != end,
                "two holes touch");
        end = piece.begin + piece.size;
        behind_hole = piece.is_hole;
    }
    require(end <= subject_.region().data() + subject_.region().size(), "beyond the heap's end");
}

void CheckedHeap::check_sums() const {
    const std::size_t free = sum(subject_.holes());
    std::size_t taken = 0;
    for (const Live& block : live_) taken += subject_.block_size(block.layout);
    require(free + taken <= fresh_free_, "blocks and holes are more than there is");
    require(!promises_.no_overhead || free + taken == fresh_free_, "memory is missing");
    const std::optional<std::size_t> used = subject_.used_bytes();
    require(!used || *used == subject_.region().size() - free, "used bytes are counted wrong");
}

void CheckedHeap::fill_with_pattern(const Live& block) const {
    for (std::size_t index = 0; index < block.layout.size; ++index) {
        block.address[index] = pattern_byte(block.pattern, index);
    }
}

void CheckedHeap::check_pattern(const Live& block, std::size_t size) const {
    for (std::size_t index = 0; index < size; ++index) {
        require(block.address[index] == pattern_byte(block.pattern, index),
                "a block's contents changed");
    }
}

}  // namespace heap44::test
