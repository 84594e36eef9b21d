// SPDX-License-Identifier: MIT
#include "mm/heap/damage/page_slack.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace heap44::mm {

namespace {

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

/// The first byte that does not hold the pattern, or `to`. Line by line, for nearly always all do.
VirtAddr first_change(VirtAddr from, VirtAddr to) {
    static constexpr auto sound = [] {
        std::array<std::byte, 64> line;
        line.fill(Shadow::pattern);
        return line;
    }();
    while (to - from >= sound.size() &&
           std::memcmp(pointer_to(from), sound.data(), sound.size()) == 0) {
        from += sound.size();
    }
    while (from < to && *pointer_to(from) == Shadow::pattern) from += 1;
    return from;
}

}  // namespace

void fill_slack(const Block& block) {
    for_each_slack(block, [](VirtAddr from, VirtAddr to) {
        std::memset(pointer_to(from), std::to_integer<int>(Shadow::pattern), to - from);
    });
}

void for_each_slack_damage(const Ledger& ledger, const Block& block,
                           FunctionRef<void(const Damage&)> visit) {
    const AddressRange pages = pages_of(block);
    const std::span<const std::byte> bytes(pointer_to(pages.first), pages.size());
    for_each_slack(block, [&](VirtAddr from, VirtAddr to) {
        while (const auto change = find_close_changes(from, to, first_change)) {
            visit(name_damage(ledger, *change, bytes));
            from = change->last + 1;
        }
    });
}

void flip_slack(const Ledger& ledger, VirtAddr start, std::span<std::byte> bytes) {
    const VirtAddr end = start + bytes.size();
    const Block* block = ledger.live_up_to(end - 1);
    if (block == nullptr || pages_of(*block).last < start) return;
    for_each_slack(*block, [&](VirtAddr from, VirtAddr to) {
        to = std::min(to, end);
        for (from = std::max(from, start); from < to; from += 1) {
            bytes[from - start] ^= Shadow::pattern;
        }
    });
}

}  // namespace heap44::mm
