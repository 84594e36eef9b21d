// SPDX-License-Identifier: MIT
// Sequences of operations on a design, found by a fuzzer; every answer is checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fuzzer/FuzzedDataProvider.h>
#include <limits>
#include <string_view>
#include <vector>

#include "support/checked_heap.hpp"
#include "support/guarded_region.hpp"
#include "support/subject.hpp"

namespace heap44::test {

/// Sizes: mostly small; or about as large as the heap; or anything, to find sums that overflow.
inline std::size_t pick_size(FuzzedDataProvider& input) {
    switch (input.ConsumeIntegralInRange(0, 7)) {
        case 0:
            return input.ConsumeIntegralInRange<std::size_t>(0, 20'000);
        case 1:
            return std::numeric_limits<std::size_t>::max() - input.ConsumeIntegral<std::uint8_t>();
        case 2:
            return input.ConsumeIntegral<std::size_t>();
        default:
            return input.ConsumeIntegralInRange<std::size_t>(0, 300);
    }
}

inline mm::Layout pick_layout(FuzzedDataProvider& input) {
    const std::size_t size = pick_size(input);
    // Large alignments are seldom asked for, and seldom to be had.
    const int most = input.ConsumeIntegralInRange(0, 15) == 0 ? 63 : 9;
    return {size, std::size_t{1} << input.ConsumeIntegralInRange(0, most)};
}

inline void operate(CheckedHeap& heap, FuzzedDataProvider& input) {
    const int choice = input.ConsumeIntegralInRange(0, 9);
    if (heap.live_count() == 0 || choice < 5) {
        const mm::Layout layout = pick_layout(input);
        (void)heap.allocate(layout, choice == 0 ? Fill::zero : Fill::none);
        return;
    }
    const std::size_t index = input.ConsumeIntegralInRange<std::size_t>(0, heap.live_count() - 1);
    if (choice < 7) {
        (void)heap.reallocate(index, pick_size(input));
    } else {
        heap.deallocate(index);
    }
}

/// The designs whose names begin like this: with one, the linked list comes under every policy.
inline std::vector<Kind> kinds_named(std::string_view beginning) {
    std::vector<Kind> kinds = all_kinds();
    std::erase_if(kinds, [&](const Kind& kind) { return !kind.name.starts_with(beginning); });
    return kinds;
}

/// The first byte chooses one of the designs, the next the region; a request that fails ends
/// nothing. An exception is a broken law; nobody catches it, so that the fuzzer keeps the input.
inline void run_design(const std::vector<Kind>& kinds, const std::uint8_t* data, std::size_t size,
                       std::size_t largest_region = std::size_t{16} * 1024) {
    FuzzedDataProvider input(data, size);
    const Kind& kind = kinds[input.ConsumeIntegral<std::uint8_t>() % kinds.size()];
    const std::size_t offset = input.ConsumeBool() ? input.ConsumeIntegral<std::uint8_t>() : 0;
    const GuardedRegion region(input.ConsumeIntegralInRange<std::size_t>(0, largest_region),
                               offset);
    const auto subject = kind.make(region.bytes());
    CheckedHeap heap(*subject, kind.promises);
    while (input.remaining_bytes() > 0) operate(heap, input);
    heap.deallocate_all();
}

}  // namespace heap44::test

/// A target for the designs whose names begin like this.
#define HEAP44_FUZZ_DESIGN(beginning)                                                   \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        static const auto kinds = heap44::test::kinds_named(beginning);                 \
        heap44::test::run_design(kinds, data, size);                                    \
        return 0;                                                                       \
    }
