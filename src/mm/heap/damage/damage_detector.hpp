// SPDX-License-Identifier: MIT
// Stands between the heap and its design: looks for damage before each operation, and afterwards
// leaves the memory so that new damage will show.
//
//     request --> before_...   do the words and the bytes there agree with the copy (Shadow)?
//                     |
//                  design      takes or gives back memory
//                     |
//                  settle      the copy learns the new words; what is free is filled again
//
// Cost: the words of the holes that a walk meets are compared, or those of all holes; under an
// index only those around the block. The filling is linear in the bytes that the operation touches.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/damage/damage.hpp"
#include "mm/heap/damage/findings.hpp"
#include "mm/heap/damage/page_slack.hpp"
#include "mm/heap/damage/shadow.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

/// There are two kinds of damage. A broken word is a size or a link in a hole that is not what the
/// design wrote: a design that follows it may write anywhere, so it ends the operation in a panic
/// before the design is asked. Any other changed byte of free memory or padding is noted, put
/// right, and the operation goes on.
///
/// Either is looked for only where the operation goes: the words of all holes (of those around the
/// block, where the design meets no others), and the bytes of the block and next to it.
///
/// Invariant: between two operations the copy says of every byte that is no block's payload what it
/// should be, and of every word of the design's where it is. (Only for a design that tells its
/// words. One that has a window has no words in it, and each block has its own pages: all of these
/// beside the payload is watched without a copy, see page_slack.hpp.)
///
/// Poison is two things. That free memory is to be filled and watched is a switch, which is
/// nobody's past. That it is filled belongs to the heap, which may come back from a time when the
/// switch was off: then nothing is watched until the next operation has filled it.
class DamageDetector {
public:
    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size) {
        return Shadow::bytes_needed(region_size);
    }

    DamageDetector(std::span<std::byte> memory, std::span<std::byte> region)
        : region_(region), shadow_(memory, region) {}

    /// Forgets everything: somebody else has used its memory.
    void clear() { shadow_.clear(); }

    // --- around the design's operations ---

    /// The design is new and all is free.
    template <Design D>
    void begin(const D& design, const Ledger& ledger) {
        is_active_ = tells_its_words<D>;
        has_pages_ = WindowDesign<D>;
        is_filled_ = is_poisoning_;
        if (has_pages_ && is_filled_) for_each_live(ledger, fill_slack);
        if (!is_active_) return;
        shadow_.forget(start(), end());
        learn_all(design);
        if (is_poisoning_) restore_free(ledger, start(), end());
    }

    template <Design D>
    void before_allocation(D& design, const Ledger& ledger, Layout layout, std::uint64_t caller) {
        if (has_pages_) catch_up_pages(ledger);
        if (!is_active_) return;
        catch_up(design, ledger, caller);
        std::byte* block = nullptr;
        // Where the block will lie is asked first, of the design itself, so that the bytes there
        // can be looked at. That search believes hole words, too: so they are checked as it meets
        // them, or all at once before it.
        if constexpr (has_placement<D>) {
            if (meets_few_holes(design)) {
                block = design.placement(layout, [&](const std::byte* hole) {
                    require_words_around(address_of(hole), caller);
                });
                if (block != nullptr) require_words_around(address_of(block), caller);
            } else if constexpr (searches_in_order<D>) {
                block = design.placement(
                    layout, [&](const std::byte* hole) { require_hole(address_of(hole), caller); });
            } else {
                require_words(start(), end(), caller);
                block = design.placement(layout, [](const std::byte*) {});
            }
        } else {
            require_words(start(), end(), caller);
        }
        if (block == nullptr) return;
        examine(ledger, address_of(block), address_of(block) + design.block_size(layout));
    }

    template <Design D>
    void before_free(const D& design, const Ledger& ledger, const Block& block,
                     std::uint64_t caller) {
        if (has_pages_) examine_pages(ledger, block);
        if (!is_active_) return;
        catch_up(design, ledger, caller);
        require_words_for(design, block, caller);
        examine(ledger, block.address, block.end());
    }

    template <Design D>
    void before_resize(D& design, const Ledger& ledger, const Block& block, Layout wanted,
                       std::uint64_t caller) {
        before_free(design, ledger, block, caller);
        const std::size_t size = design.block_size(wanted);
        if (!is_active_ || size <= block.block_size) return;
        // It may grow in place, into the free memory behind it, or move. Both places are looked at.
        const Block* next = ledger.live_after(block);
        const VirtAddr limit = next != nullptr ? next->address : end();
        if (size <= limit - block.address) examine(ledger, block.end(), block.address + size);
        before_allocation(design, ledger, wanted, caller);
    }

    /// The design has taken or given back memory from `from` up to `to`, and the ledger knows.
    template <Design D>
    void settle(const D& design, const Ledger& ledger, VirtAddr from, VirtAddr to) {
        is_filled_ = is_poisoning_;
        if (has_pages_ && is_filled_) {
            if (const Block* block = ledger.live_at(from)) fill_slack(*block);
        }
        if (!is_active_) return;
        // The words of neighbouring holes may have changed, too: two words on either side.
        from = lowered(from);
        to = raised(to);
        shadow_.forget(from, to);
        if constexpr (has_gaps_as_holes<D>) {
            learn_gaps(ledger, from, to);
        } else {
            learn_all(design);
        }
        if (is_filled_) restore_free(ledger, from, to);
    }

    /// These two take a batch of blocks back that were never given: `forget` for each of them, then
    /// `learn` once the memory is again as it was before them.
    void forget(const Block& block) {
        if (is_active_) shadow_.forget(lowered(block.address), raised(block.end()));
    }
    template <Design D>
    void learn(const D& design) {
        if (is_active_) learn_all(design);
    }

    // --- poison ---

    [[nodiscard]] bool is_poisoning() const { return is_poisoning_; }
    /// Whether free memory holds the pattern, and a change there will be found.
    [[nodiscard]] bool is_watching_free() const { return is_poisoning_ && is_filled_; }
    /// Off: the words in the holes are still watched, the rest is not. The words are sound.
    template <Design D>
    void set_poisoning(bool on, const D& design, const Ledger& ledger) {
        const bool starts = on && !is_watching_free();
        is_poisoning_ = on;
        if (starts) begin(design, ledger);
    }

    /// Its state beside its memory. The log is no part of it, for it tells of the present, nor is
    /// the switch.
    struct Mode {
        bool active;
        bool pages;
        bool filled;
    };
    [[nodiscard]] Mode mode() const { return {is_active_, has_pages_, is_filled_}; }
    void set_mode(Mode mode) {
        is_active_ = mode.active;
        has_pages_ = mode.pages;
        is_filled_ = mode.filled;
    }

    // --- damage ---

    [[nodiscard]] DamageLog& log() { return log_; }

    [[nodiscard]] std::optional<BrokenWord> find_broken_word(
        std::span<const HoleField> fields) const {
        if (!is_active_) return std::nullopt;
        const auto found = shadow_.find_broken_word(start(), end());
        return found ? std::optional(name_word(*found, fields)) : std::nullopt;
    }
    void for_each_broken_word(std::span<const HoleField> fields, auto&& visit) const {
        if (!is_active_) return;
        for (auto found = shadow_.find_broken_word(start(), end()); found;) {
            const BrokenWord word = name_word(*found, fields);
            visit(word);
            found = shadow_.find_broken_word(word.address + word.size, end());
        }
    }
    void for_each_damage(const Ledger& ledger, auto&& visit) const {
        if (!is_watching_free()) return;
        if (has_pages_) {
            for_each_live(ledger,
                          [&](const Block& block) { for_each_slack_damage(ledger, block, visit); });
        }
        if (!is_active_) return;
        for_each_free(ledger, start(), end(), [&](VirtAddr from, VirtAddr to) {
            while (const auto change = shadow_.find_change(from, to)) {
                visit(name_damage(ledger, *change, region_));
                from = change->last + 1;
            }
        });
    }
    /// Puts all right.
    Repair repair(const Ledger& ledger);

private:
    template <class D>
    static constexpr bool has_placement =
        requires(D& design, void (*meet)(const std::byte*)) { design.placement(Layout{}, meet); };
    template <class D>
    static constexpr bool has_gaps_as_holes = requires { requires D::holes_are_gaps; };
    /// It goes through its holes by address, from the first one, and no further than it must.
    template <class D>
    static constexpr bool searches_in_order =
        has_gaps_as_holes<D> && !requires(const D& design) { design.meets_few_holes(); };
    template <class D>
    static bool meets_few_holes(const D& design) {
        if constexpr (requires { design.meets_few_holes(); }) return design.meets_few_holes();
        return false;
    }

    // A design may write so far beside the block: the words of the hole that lies there.
    static constexpr std::size_t reach = 16;
    // An index sums up the heap by leaves of 2 KiB: it may read the words of all holes in one.
    static constexpr std::size_t around = 2048;

    [[nodiscard]] VirtAddr start() const { return address_of(region_.data()); }
    [[nodiscard]] VirtAddr end() const { return start() + region_.size(); }
    [[nodiscard]] VirtAddr lowered(VirtAddr address) const {
        return start() + (address - start() > reach ? address - start() - reach : 0);
    }
    [[nodiscard]] VirtAddr raised(VirtAddr address) const {
        return address + std::min<std::size_t>(reach, end() - address);
    }

    /// Fills free memory where the heap comes from a time when it was not. Whoever looks for it
    /// walks over all holes, so their words have to be sound.
    void catch_up(const auto& design, const Ledger& ledger, std::uint64_t caller) {
        if (is_filled_ || !is_poisoning_) [[likely]]
            return;
        require_words(start(), end(), caller);
        begin(design, ledger);
    }

    void learn_all(const auto& design) {
        design.for_each_hole([&](const Hole& hole) {
            shadow_.learn(hole);
            return true;
        });
    }
    static void for_each_live(const Ledger& ledger, auto&& visit) {
        for (const Block* block = ledger.live_from(ledger.region_start()); block != nullptr;
             block = ledger.live_after(*block)) {
            visit(*block);
        }
    }
    /// Where poison was switched on while the heap was of a time without it.
    void catch_up_pages(const Ledger& ledger);
    void examine_pages(const Ledger& ledger, const Block& block);

    void learn_gaps(const Ledger& ledger, VirtAddr from, VirtAddr to);
    void learn_list_hole(VirtAddr hole);

    /// Calls `visit(from, to)` for each part that is no block's payload: holes, padding, and what
    /// lies between blocks. It steps from block to block through the ledger.
    void for_each_free(const Ledger& ledger, VirtAddr from, VirtAddr to, auto&& visit) const {
        while (from < to) {
            const Block* block = ledger.live_up_to(from);
            if (block != nullptr && from - block->address < block->layout.size) {
                from = block->address + block->layout.size;
                continue;
            }
            const Block* next = ledger.live_from(from + 1);
            const VirtAddr limit = next != nullptr ? std::min(next->address, to) : to;
            visit(from, limit);
            from = limit;
        }
    }
    void restore_free(const Ledger& ledger, VirtAddr from, VirtAddr to) {
        for_each_free(ledger, from, to,
                      [&](VirtAddr first, VirtAddr limit) { shadow_.restore(first, limit); });
    }

    template <Design D>
    void require_words_for(const D& design, const Block& block, std::uint64_t caller) const {
        const auto behind = shadow_.hole_from(block.end());
        if (meets_few_holes(design)) {
            // What else is near the block is near one of these, too.
            const auto before = shadow_.hole_up_to(block.address);
            if (before) require_words_around(*before, caller);
            if (behind) require_words_around(*behind, caller);
        } else if constexpr (searches_in_order<D>) {
            require_words(start(), behind ? *behind + reach : end(), caller);
        } else {
            require_words(start(), end(), caller);
        }
    }
    void require_hole(VirtAddr hole, std::uint64_t caller) const {
        // Sixteen bytes are compared at once; only where they differ it matters which are words.
        if (!shadow_.is_sound(hole, reach)) [[unlikely]]
            require_words(hole, hole + reach, caller);
    }
    void require_words_around(VirtAddr place, std::uint64_t caller) const;
    void require_words(VirtAddr from, VirtAddr to, std::uint64_t caller) const;

    void examine(const Ledger& ledger, VirtAddr from, VirtAddr to);
    void note(const Ledger& ledger, AddressRange change);
    [[nodiscard]] BrokenWord name_word(VirtAddr found, std::span<const HoleField> fields) const;

    std::span<std::byte> region_;
    Shadow shadow_;
    DamageLog log_;
    // Whether there is a copy to compare with, or whether each block has its own pages; or neither.
    bool is_active_ = false;
    bool has_pages_ = false;
    bool is_poisoning_ = true;
    bool is_filled_ = false;
};

}  // namespace heap44::mm
