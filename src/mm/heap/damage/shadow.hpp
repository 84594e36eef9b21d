// SPDX-License-Identifier: MIT
// What the heap's memory should hold wherever no block's payload is: a copy beside the heap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "lib/address.hpp"
#include "lib/carver.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/address_set.hpp"

namespace heap44::mm {

/// Bytes `first` to `last`, both included.
struct AddressRange {
    VirtAddr first;
    VirtAddr last;

    [[nodiscard]] std::size_t size() const { return last - first + 1; }
};

/// Changed bytes with fewer than so many others between them belong together: what ran across the
/// two words of a hole is one piece of damage.
inline constexpr std::size_t apart = 24;

/// The first changed byte from `from` up to `to`, and what else is changed close behind it.
/// `first_change(from, to)` looks for one; `to` means that there is none.
[[nodiscard]] std::optional<AddressRange> find_close_changes(VirtAddr from, VirtAddr to,
                                                             auto&& first_change) {
    const VirtAddr first = first_change(from, to);
    if (first == to) return std::nullopt;
    for (VirtAddr last = first;;) {
        const VirtAddr limit = std::min(to, last + (1 + apart));
        const VirtAddr next = first_change(last + 1, limit);
        if (next == limit) return AddressRange{first, last};
        last = next;
    }
}

/// A copy of what the heap should hold wherever no block's payload is:
///
///     heap    size next f5 f5 f5 f5 f5 f5 | payload ... f5 f5 | size next f5 f5
///     copy    size next f5 f5 f5 f5 f5 f5 |     --      f5 f5 | size next f5 f5
///
/// Free memory and the slack in blocks hold a pattern, but for the words that a design keeps in its
/// holes. So damage is a difference, a hole's true words are known when those in the heap are
/// broken, and nothing is added inside the heap: blocks lie where they would lie without it.
///
/// It takes as many bytes as the region, a bit for each 4 of them (is it a word?) and a bit for
/// each 8 (does a hole start here?).
class Shadow {
public:
    /// Odd and large, so that as a size, an index or an address it never makes sense.
    static constexpr std::byte pattern{0xf5};

    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size);

    /// `memory` is aligned to 8. Nothing of the copy is true until it is written.
    Shadow(std::span<std::byte> memory, std::span<std::byte> region);

    // --- the copy changes ---

    /// No word is watched, no hole known.
    void clear() {
        words_.clear();
        holes_.clear();
    }
    /// From `from` up to `to` there is the pattern now, and no hole starts there.
    void forget(VirtAddr from, VirtAddr to);
    /// The words that the design keeps in this hole are as the heap has them now.
    void learn(const Hole& hole);

    // --- the heap changes ---

    /// Writes what should be there.
    void restore(VirtAddr from, VirtAddr to);
    /// The same for the designs' words only; how many holes had wrong ones.
    std::size_t restore_words();

    // --- questions ---

    /// The first word of a design's that is not what it should be.
    [[nodiscard]] std::optional<VirtAddr> find_broken_word(VirtAddr from, VirtAddr to) const;
    /// Whether these bytes are what they should be.
    [[nodiscard]] bool is_sound(VirtAddr address, std::size_t size) const;
    /// The first byte, not of such a word, that is not what it should be, and what else is changed
    /// near behind it.
    [[nodiscard]] std::optional<AddressRange> find_change(VirtAddr from, VirtAddr to) const;
    /// The change together with what lies near in front of it, down to `from`, and up to `to`.
    [[nodiscard]] AddressRange widened(AddressRange change, VirtAddr from, VirtAddr to) const;
    /// Whether the byte belongs to a word that a design keeps in a hole.
    [[nodiscard]] bool is_word(VirtAddr address) const {
        return words_.contains(offset_of(address) / cell);
    }
    /// The last hole that starts at `address` or before.
    [[nodiscard]] std::optional<VirtAddr> hole_up_to(VirtAddr address) const;
    /// The first hole that starts at `address` or behind.
    [[nodiscard]] std::optional<VirtAddr> hole_from(VirtAddr address) const;
    /// `size` bytes as a number, as they are and as they should be.
    [[nodiscard]] std::uint64_t value(VirtAddr address, std::size_t size) const;
    [[nodiscard]] std::uint64_t true_value(VirtAddr address, std::size_t size) const;

private:
    static constexpr std::size_t cell = 4;
    static constexpr std::size_t granule = 8;

    /// The copy, and the words of both sets.
    static Carver<std::byte, std::uint64_t, std::uint64_t> memory_for(std::size_t region_size);
    [[nodiscard]] std::size_t offset_of(VirtAddr address) const {
        return address - address_of(region_.data());
    }
    [[nodiscard]] VirtAddr address_at(std::size_t offset) const {
        return address_of(region_.data()) + offset;
    }
    [[nodiscard]] std::size_t first_difference(std::size_t from, std::size_t to) const;
    [[nodiscard]] std::size_t first_change(std::size_t from, std::size_t to) const;
    [[nodiscard]] bool is_broken(std::size_t number) const;
    void learn_bytes(std::size_t offset, std::size_t size);

    std::span<std::byte> region_;
    std::span<std::byte> copy_;
    // The cells of 4 bytes that are designs' words, and the granules of 8 in which holes start.
    AddressSet words_;
    AddressSet holes_;
};

}  // namespace heap44::mm
