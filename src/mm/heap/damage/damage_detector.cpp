// SPDX-License-Identifier: MIT
#include "mm/heap/damage/damage_detector.hpp"

#include "lib/align.hpp"
#include "lib/panic.hpp"

namespace heap44::mm {

namespace {

constexpr std::size_t smallest_hole = 16;

}  // namespace

// Where holes are what lies between two blocks, the ledger alone tells where they are, and no walk
// over the design's list is needed. An operation changes the words of the holes next to its block
// and of the one before them, whose `next` leads there.
void DamageDetector::learn_gaps(const Ledger& ledger, VirtAddr from, VirtAddr to) {
    VirtAddr lowest = from;
    for_each_free(ledger, from, to, [&](VirtAddr first, VirtAddr) {
        const Block* below = ledger.live_up_to(first);
        const VirtAddr gap = below != nullptr ? below->end() : start();
        const Block* above = ledger.live_from(gap);
        const VirtAddr limit = above != nullptr ? above->address : end();
        // Less than two words between two blocks is no hole.
        if (limit - gap < smallest_hole) return;
        learn_list_hole(gap);
        lowest = std::min(lowest, gap);
    });
    if (lowest == start()) return;
    if (const auto before = shadow_.hole_up_to(lowest - 1)) learn_list_hole(*before);
}

// All that is learnt of a list's hole is its two words; how long it is does not matter here.
void DamageDetector::learn_list_hole(VirtAddr hole) {
    shadow_.learn(
        {reinterpret_cast<std::byte*>(hole.value), smallest_hole, nullptr, smallest_hole});
}

void DamageDetector::require_words_around(VirtAddr place, std::uint64_t caller) const {
    const VirtAddr middle = std::clamp(place, start(), end());
    const std::size_t before = std::min<std::size_t>(around, middle - start());
    const std::size_t behind = std::min<std::size_t>(around + smallest_hole, end() - middle);
    require_words(middle - before, middle + behind, caller);
}

void DamageDetector::require_words(VirtAddr from, VirtAddr to, std::uint64_t caller) const {
    const auto broken = shadow_.find_broken_word(from, to);
    if (!broken) return;
    panic(PanicKind::corrupted_heap, "a hole's words were changed; 'check' shows which", caller, 0,
          broken->value);
}

// Looks for damage where an operation is about to go, and puts it right: the next look would find
// it again otherwise. The range that is noted is the whole piece of damage, also where it reaches
// beyond the place that was looked at.
void DamageDetector::examine(const Ledger& ledger, VirtAddr from, VirtAddr to) {
    if (!is_watching_free()) return;
    for_each_free(ledger, lowered(from), raised(to), [&](VirtAddr first, VirtAddr limit) {
        while (const auto change = shadow_.find_change(first, limit)) {
            const Block* below = ledger.live_up_to(first);
            const Block* above = ledger.live_from(limit);
            const AddressRange whole = shadow_.widened(
                *change, below != nullptr ? below->address + below->layout.size : start(),
                above != nullptr ? above->address : end());
            note(ledger, whole);
        }
    });
}

void DamageDetector::catch_up_pages(const Ledger& ledger) {
    if (is_filled_ || !is_poisoning_) return;
    for_each_live(ledger, fill_slack);
    is_filled_ = true;
}

// The pages are about to go. Where the block keeps them after all, what was told of is told once.
void DamageDetector::examine_pages(const Ledger& ledger, const Block& block) {
    catch_up_pages(ledger);
    if (!is_filled_) return;
    bool is_sound = true;
    for_each_slack_damage(ledger, block, [&](const Damage& damage) {
        log_.add(damage);
        is_sound = false;
    });
    if (!is_sound) fill_slack(block);
}

void DamageDetector::note(const Ledger& ledger, AddressRange change) {
    log_.add(name_damage(ledger, change, region_));
    // Broken words inside stay as they are: they are another finding.
    for (auto part = shadow_.find_change(change.first, change.last + 1); part;
         part = shadow_.find_change(change.first, change.last + 1)) {
        // Byte by byte: words of holes may lie in between.
        for (VirtAddr at = part->first; at <= part->last; at += 1) {
            if (!shadow_.is_word(at)) shadow_.restore(at, at + 1);
        }
    }
}

// The words come first: they are the design's, and the rest is restored around them.
Repair DamageDetector::repair(const Ledger& ledger) {
    Repair done{};
    if (has_pages_) {
        for_each_damage(ledger, [&](const Damage&) { ++done.damages; });
        if (is_poisoning_) for_each_live(ledger, fill_slack);
    }
    if (!is_active_) return done;
    done.holes = shadow_.restore_words();
    if (!is_watching_free()) return done;
    for_each_damage(ledger, [&](const Damage&) { ++done.damages; });
    restore_free(ledger, start(), end());
    return done;
}

// From the address of a word that is wrong to the hole that it belongs to, its name, and what it
// should be.
BrokenWord DamageDetector::name_word(VirtAddr found, std::span<const HoleField> fields) const {
    const VirtAddr hole = shadow_.hole_up_to(found).value_or(found);
    // A free block of a size class has one word only, the link.
    const bool is_link = fields.size() == 2 && !shadow_.is_word(hole + 8);
    const auto named = [&](const HoleField& field, VirtAddr address) {
        const std::string_view name = is_link ? fields[1].name : field.name;
        return BrokenWord{hole,
                          name,
                          address,
                          field.size,
                          shadow_.value(address, field.size),
                          shadow_.true_value(address, field.size)};
    };
    for (const HoleField& field : fields) {
        const VirtAddr address = hole + field.offset;
        if (!field.at_end && found - address < field.size) return named(field, address);
    }
    return named(fields.back(), found);
}

}  // namespace heap44::mm
