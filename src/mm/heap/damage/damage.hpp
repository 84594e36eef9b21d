// SPDX-License-Identifier: MIT
// Damage to the heap's memory: bytes that somebody wrote where no block's payload is.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "mm/heap/damage/findings.hpp"
#include "mm/heap/damage/shadow.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// Rows of 16 bytes: one in front of the range, then its own, as many as there is room for.
[[nodiscard]] Dump dump_around(AddressRange range, std::span<const std::byte> region);

/// Bytes of free memory or of a block's padding were changed.
struct Damage {
    enum class Kind : std::uint8_t {
        use_after_free,  ///< in memory that was a block's
        overflow,        ///< behind a block's payload
        underflow,       ///< in front of a block
    };
    /// What the same bytes are as seen from another block; `offset` is that of the first of them.
    struct Other {
        Kind kind;
        Block block;
        std::int64_t offset;
    };
    Kind kind;
    /// The first changed byte, and the last.
    AddressRange bytes;
    /// Whose it was, or from which it ran out; nothing where no block is known.
    std::optional<Block> block;
    /// Of the first changed byte, from the block's start.
    std::int64_t offset = 0;
    /// Who might be to blame as well: what is told first is the more common mistake, no more.
    std::optional<Other> also;
    Dump dump;
};

/// The other block that bytes lie right beside, in whose padding they begin, or in which they lay
/// while it lived: underflow before overflow before use after free. Nothing where there is only the
/// block that is named already, or where they begin in a live block's payload.
[[nodiscard]] std::optional<Damage::Other> other_blame(const Ledger& ledger, AddressRange bytes,
                                                       const Block* named);

/// A word that a design keeps in a hole is not what it was.
struct BrokenWord {
    VirtAddr hole;
    std::string_view field;
    VirtAddr address;
    std::size_t size;
    std::uint64_t value;
    std::uint64_t true_value;
};

/// What the shell has not told of yet: the first few pieces of damage and how many more there were.
/// A loop that writes wildly makes thousands; the first ones say enough.
class DamageLog {
public:
    static constexpr std::size_t most = 8;

    void add(const Damage& damage) {
        if (count_ < most) damages_[count_] = damage;
        ++count_;
    }
    void clear() { count_ = 0; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::span<const Damage> first() const {
        return std::span(damages_).first(std::min(count_, most));
    }
    [[nodiscard]] std::size_t further() const { return count_ - first().size(); }

private:
    std::array<Damage, most> damages_{};
    std::size_t count_ = 0;
};

/// Says what a change is, judged by where it lies. `region` is for the dump.
[[nodiscard]] Damage name_damage(const Ledger& ledger, AddressRange change,
                                 std::span<const std::byte> region);

}  // namespace heap44::mm
