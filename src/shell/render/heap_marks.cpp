// SPDX-License-Identifier: MIT
#include "shell/render/heap_marks.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/explain/address_info.hpp"
#include "shell/explain/block_text.hpp"

namespace heap44::shell {

namespace {

constexpr std::string_view of_payload = "\x1b[32m";
constexpr std::string_view of_padding = "\x1b[33m";
constexpr std::string_view of_words = "\x1b[35m";
constexpr std::string_view of_free = "\x1b[36m";

VirtAddr end_of(const mm::Hole& hole) {
    return address_of(hole.address) + hole.size;
}

}  // namespace

HeapMarks::HeapMarks(const mm::Heap& heap) : heap_(heap), known_to_(heap.start()) {}

Mark HeapMarks::at(VirtAddr address) {
    if (address < heap_.start()) return {heap_.start(), {}, {}};
    if (address >= heap_.end()) return {VirtAddr{~std::uint64_t{0}}, {}, {}};
    const mm::Ledger& ledger = heap_.ledger();
    // The ledger first: what it says is true even where a list of holes is broken.
    if (const mm::Block* block = ledger.live_around(address)) return in_block(*block, address);
    const mm::Hole* const hole = hole_behind(address);
    if (hole != nullptr && address_of(hole->address) <= address) return in_hole(*hole, address);
    // Neither in a block nor in a hole, up to the next of either.
    const mm::Block* const block = ledger.live_from(address);
    const VirtAddr end = block != nullptr ? block->address : heap_.end();
    return {hole != nullptr ? std::min(end, address_of(hole->address)) : end, of_free,
            FixedText<96>(list_is_broken_ ? "free, the list is broken" : "overhead"), true};
}

Mark HeapMarks::in_block(const mm::Block& block, VirtAddr address) const {
    const VirtAddr payload_end = block.address + block.layout.size;
    const auto name = title(block);
    if (address < payload_end) {
        return {payload_end, of_payload,
                format_fixed<96>("{} +{}", name.view(), address - block.address)};
    }
    return {block.end(), of_padding, format_fixed<96>("padding of {}", name.view()), true};
}

Mark HeapMarks::in_hole(const mm::Hole& hole, VirtAddr address) const {
    if (const auto word = word_at(heap_, hole, address)) {
        return {word->end, of_words, format_fixed<96>("{} of the hole", word->name)};
    }
    return {end_of(hole) - hole.back, of_free,
            format_fixed<96>("hole +{}", address - address_of(hole.address)), true};
}

/// The first hole that ends behind the address, or null.
const mm::Hole* HeapMarks::hole_behind(VirtAddr address) {
    if (address < known_from_ || address >= known_to_) learn_holes(address);
    const auto known = std::span(holes_).first(hole_count_);
    const auto found = std::ranges::upper_bound(known, address, {}, end_of);
    return found != known.end() ? &*found : nullptr;
}

void HeapMarks::learn_holes(VirtAddr from) {
    hole_count_ = 0;
    known_from_ = from;
    known_to_ = heap_.end();
    const auto fault = heap_.for_each_hole([&](const mm::Hole& hole) {
        if (end_of(hole) <= from || end_of(hole) > known_to_) return true;
        // Kept in order, so that the walk may come in any order.
        auto* const place = std::ranges::upper_bound(holes_.begin(), holes_.begin() + hole_count_,
                                                     hole.address, {}, &mm::Hole::address);
        // Where there is no room, the last one gives up its place.
        if (hole_count_ < holes_.size()) ++hole_count_;
        std::move_backward(place, holes_.begin() + hole_count_ - 1, holes_.begin() + hole_count_);
        *place = hole;
        // With the array full, nothing is known beyond its last hole.
        if (hole_count_ == holes_.size()) known_to_ = end_of(holes_.back());
        return true;
    });
    list_is_broken_ = fault.has_value();
}

}  // namespace heap44::shell
