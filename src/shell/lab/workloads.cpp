// SPDX-License-Identifier: MIT
#include "shell/lab/workloads.hpp"

#include <algorithm>
#include <ranges>

namespace heap44::shell {

namespace {

// What `new` asks for without saying so.
constexpr std::size_t align = 8;

bool allocate(mm::BareDesign& heap, Slot& slot, std::size_t size) {
    slot = {heap.allocate({size, align}), static_cast<std::uint32_t>(size)};
    if (slot.block == nullptr) return false;
    // A program that asks for memory uses it: the first byte is written, as bench/ does it.
    *slot.block = std::byte{1};
    return true;
}

void deallocate(mm::BareDesign& heap, Slot& slot) {
    heap.deallocate(slot.block, {slot.size, align});
    slot.block = nullptr;
}

bool reallocate(mm::BareDesign& heap, Slot& slot, std::size_t size) {
    std::byte* moved = heap.reallocate(slot.block, {slot.size, align}, size);
    if (moved == nullptr) return false;
    slot = {moved, static_cast<std::uint32_t>(size)};
    return true;
}

/// 2 to the power of `exponent`, 0 to 8, as exact as a double is: there is no mathematical library.
/// The whole part is a shift. The rest is the exponential series, of which 20 terms are more than a
/// double can hold.
double power_of_two(double exponent) {
    constexpr double natural_logarithm_of_2 = 0.693'147'180'559'945'309'4;
    const auto whole = static_cast<unsigned>(exponent);
    const double rest = (exponent - whole) * natural_logarithm_of_2;
    double term = 1;
    double sum = 1;
    for (int n = 1; n <= 20; ++n) {
        term *= rest / n;
        sum += term;
    }
    return sum * static_cast<double>(1U << whole);
}

/// 53 random bits make a double from 0 to just below 1; that times 8 is spread evenly over eight
/// powers of two, from 16 to 4,095.
std::size_t draw_size(SplitMix& random, Sizes sizes) {
    if (sizes == Sizes::even_to_256) return 1 + random.below(256);
    const double share =
        static_cast<double>(random.next() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
    return static_cast<std::size_t>(16 * power_of_two(8 * share));
}

}  // namespace

bool RandomReplacement::set_up(mm::BareDesign& heap) {
    return std::ranges::all_of(
        slots_, [&](Slot& slot) { return allocate(heap, slot, 1 + random_.below(largest_)); });
}

void RandomReplacement::draw() {
    for (Replacement& replacement : replacements_) {
        replacement.slot = static_cast<std::uint32_t>(random_.below(slots_.size()));
        replacement.size = static_cast<std::uint32_t>(1 + random_.below(largest_));
    }
}

bool RandomReplacement::run(mm::BareDesign& heap) {
    for (const Replacement replacement : replacements_) {
        Slot& slot = slots_[replacement.slot];
        deallocate(heap, slot);
        // The new block may be larger than the freed one, so even here there may be no room.
        if (!allocate(heap, slot, replacement.size)) return false;
    }
    return true;
}

bool ManyHoles::set_up(mm::BareDesign& heap) {
    for (Slot& hole : holes_) {
        if (!allocate(heap, hole, 48) || heap.allocate({16, align}) == nullptr) return false;
    }
    // From the last to the first: a list is then entered at its head.
    for (Slot& hole : std::views::reverse(holes_)) deallocate(heap, hole);
    return true;
}

bool ManyHoles::run(mm::BareDesign& heap) {
    for (std::size_t round = 0; round < rounds; ++round) {
        Slot slot;
        if (!allocate(heap, slot, 96)) return false;
        deallocate(heap, slot);
    }
    return true;
}

bool LastInFirstOut::set_up(mm::BareDesign&) {
    // Fixed seeds, here and below: every design has to do the same work.
    SplitMix random(77);
    for (Slot& slot : slots_) slot.size = static_cast<std::uint32_t>(1 + random.below(256));
    return true;
}

bool LastInFirstOut::run(mm::BareDesign& heap) {
    for (std::size_t round = 0; round < rounds; ++round) {
        for (Slot& slot : slots_) {
            if (!allocate(heap, slot, slot.size)) return false;
        }
        for (Slot& slot : std::views::reverse(slots_)) deallocate(heap, slot);
    }
    return true;
}

bool GrowingVectors::set_up(mm::BareDesign&) {
    std::ranges::fill(vectors_, Slot{});
    return true;
}

void GrowingVectors::draw() {
    for (std::uint32_t& number : drawn_) {
        number = static_cast<std::uint32_t>(random_.below(vectors_.size()));
    }
}

bool GrowingVectors::run(mm::BareDesign& heap) {
    constexpr std::uint32_t first = 32;
    constexpr std::uint32_t most = 2048;
    for (const std::uint32_t number : drawn_) {
        Slot& vector = vectors_[number];
        if (vector.block == nullptr) {
            if (!allocate(heap, vector, first)) return false;
        } else if (vector.size > most) {
            // Freed at last, so that the heap never fills up and the batches are alike.
            deallocate(heap, vector);
        } else if (!reallocate(heap, vector, vector.size + vector.size / 2)) {
            return false;
        }
    }
    return true;
}

Fitted fill_heap(mm::BareDesign& heap, std::span<Slot> slots, Filling filling, Sizes sizes,
                 SafePoint& safe_point) {
    SplitMix random(0x1234);
    Fitted fitted;
    std::size_t live = 0;
    std::uint64_t payload = 0;
    for (;; ++fitted.operations) {
        safe_point.pass();
        if (filling == Filling::fill || random.below(100) < 60 || live == 0) {
            const std::size_t size = draw_size(random, sizes);
            Slot slot;
            if (!allocate(heap, slot, size)) return fitted;
            slots[live++] = slot;
            payload += size;
            fitted.peak_payload = std::max(fitted.peak_payload, payload);
        } else {
            Slot& freed = slots[random.below(live)];
            payload -= freed.size;
            deallocate(heap, freed);
            freed = slots[--live];
        }
    }
}

}  // namespace heap44::shell
