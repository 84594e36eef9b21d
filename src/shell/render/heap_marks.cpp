// SPDX-License-Identifier: MIT
#include "shell/render/heap_marks.hpp"

#include <algorithm>
#include <array>

#include "shell/place.hpp"

namespace heap44::shell {

namespace {

constexpr std::string_view of_payload = "\x1b[32m";
constexpr std::string_view of_padding = "\x1b[33m";
constexpr std::string_view of_words = "\x1b[35m";
constexpr std::string_view of_free = "\x1b[2m";

}  // namespace

HeapMarks::HeapMarks(const mm::Heap& heap, Platform& platform) : heap_(heap), platform_(platform) {
    heap.for_each_hole([](const mm::Hole&) { return true; });
}

Mark HeapMarks::at(VirtAddr address) const {
    if (address < heap_.start()) return {heap_.start(), {}, {}};
    if (address >= heap_.end()) return {VirtAddr{~std::uint64_t{0}}, {}, {}};
    const mm::Ledger& ledger = heap_.ledger();
    if (const mm::Block* block = ledger.live_around(address)) return in_block(*block, address);
    if (const auto hole = heap_.hole_map().around(address)) return in_hole(*hole, address);
    const mm::Block* following = ledger.live_from(address);
    const VirtAddr block = following != nullptr ? following->address : heap_.end();
    return {std::min(block, heap_.hole_map().first_from(address + 1)), of_free,
            FixedText<64>("overhead")};
}

Mark HeapMarks::in_block(const mm::Block& block, VirtAddr address) const {
    const VirtAddr payload_end = block.address + block.layout.size;
    const auto name = title(block);
    if (address < payload_end) {
        return {payload_end, of_payload,
                format_fixed<64>("{} +{}", name.view(), address - block.address)};
    }
    return {block.end(), of_padding, format_fixed<64>("padding of {}", name.view())};
}

Mark HeapMarks::in_hole(VirtAddr hole, VirtAddr address) const {
    const VirtAddr end = heap_.hole_map().end_of(hole);
    const std::size_t words = hole_words(platform_, hole, end - hole);
    if (address - hole >= words) {
        return {end, of_free, format_fixed<64>("hole +{}", address - hole)};
    }
    const bool is_size = address - hole < sizeof(std::uint64_t);
    return {hole + (is_size ? words / 2 : words), of_words,
            format_fixed<64>("{} of the hole", is_size ? "size" : "next")};
}

}  // namespace heap44::shell
