// SPDX-License-Identifier: MIT
#include "mm/heap/damage/damage.hpp"

#include "lib/align.hpp"
#include "mm/heap/ledger/vicinity.hpp"

namespace heap44::mm {

namespace {

VirtAddr payload_end(const Block& block) {
    return block.address + block.layout.size;
}

struct Culprit {
    Damage::Kind kind;
    const Block* block;
};

/// Whose fault a change most likely is, judged by where it lies. The first that is true decides:
///
///     it starts in padding                    overflow of that block, as a rule
///     it starts where a freed block started   use after free: most likely that one's first word
///     it ends where a live block starts       underflow of that block
///     it starts where a live block ends       overflow of that block
///     a freed block lay there                 use after free
///     it lies near a block                    overflow, or underflow
///     else                                    use after free, of a block that nobody remembers
///
/// A change in padding that ends where the next block starts is anyone's guess. It is an underflow
/// of that block, unless it starts exactly behind the payload: a run upwards is the more common
/// mistake.
Culprit find_culprit(const Ledger& ledger, AddressRange change) {
    using enum Damage::Kind;
    const Vicinity near = find_vicinity(ledger, change.first);
    const Block* above = ledger.live_from(std::min(change.last + 1, ledger.region_end() - 1));
    const bool ends_before_block = above != nullptr && above->address == change.last + 1;
    if (near.kind == Vicinity::Kind::padding) {
        const bool is_behind = change.first == payload_end(*near.block);
        if (ends_before_block && !is_behind) return {underflow, above};
        return {overflow, near.block};
    }
    const bool is_freed = near.kind == Vicinity::Kind::freed;
    if (is_freed && near.block->address == change.first) return {use_after_free, near.block};
    if (ends_before_block) return {underflow, above};
    const Block* below = ledger.live_up_to(change.first);
    if (below != nullptr && below->end() == change.first) return {overflow, below};
    if (is_freed) return {use_after_free, near.block};
    if (!is_over_the_edge(near)) return {use_after_free, nullptr};
    return {near.kind == Vicinity::Kind::behind ? overflow : underflow, near.block};
}

/// The live block that begins right behind the bytes; null where they end in a payload.
const Block* block_behind(const Ledger& ledger, AddressRange bytes) {
    const Block* above = ledger.live_from(std::min(bytes.last + 1, ledger.region_end() - 1));
    if (above == nullptr || above->address != bytes.last + 1) return nullptr;
    return find_vicinity(ledger, bytes.last).kind == Vicinity::Kind::payload ? nullptr : above;
}

}  // namespace

std::optional<Damage::Other> other_blame(const Ledger& ledger, AddressRange bytes,
                                         const Block* named) {
    using enum Damage::Kind;
    const Vicinity near = find_vicinity(ledger, bytes.first);
    if (near.kind == Vicinity::Kind::payload) return std::nullopt;
    const Block* below = ledger.live_up_to(bytes.first);
    if (below != nullptr && below->end() < bytes.first) below = nullptr;
    const Block* freed = near.kind == Vicinity::Kind::freed ? near.block : nullptr;
    for (const Culprit each : {Culprit{underflow, block_behind(ledger, bytes)},
                               Culprit{overflow, below}, Culprit{use_after_free, freed}}) {
        if (each.block == nullptr || each.block == named) continue;
        const auto offset =
            static_cast<std::int64_t>(bytes.first.value - each.block->address.value);
        return Damage::Other{each.kind, *each.block, offset};
    }
    return std::nullopt;
}

Dump dump_around(AddressRange range, std::span<const std::byte> region) {
    constexpr std::size_t row = 16;
    const VirtAddr start = address_of(region.data());
    const VirtAddr first_row{align_down(range.first.value, row)};
    Dump dump{.start = first_row - start >= row ? first_row - row : start};
    const std::size_t offset = dump.start - start;
    dump.size = std::min(dump.bytes.size(), region.size() - offset);
    std::ranges::copy(region.subspan(offset, dump.size), dump.bytes.begin());
    return dump;
}

Damage name_damage(const Ledger& ledger, AddressRange change, std::span<const std::byte> region) {
    const auto [kind, block] = find_culprit(ledger, change);
    Damage damage{.kind = kind,
                  .bytes = change,
                  .also = other_blame(ledger, change, block),
                  .dump = dump_around(change, region)};
    if (block != nullptr) {
        damage.block = *block;
        damage.offset = static_cast<std::int64_t>(change.first.value - block->address.value);
    }
    return damage;
}

}  // namespace heap44::mm
