// SPDX-License-Identifier: MIT
// The arithmetic of sizes and alignments, against the same in 128 bits.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fuzzer/FuzzedDataProvider.h>
#include <type_traits>
#include <utility>
#include <variant>

#include "lib/align.hpp"
#include "mm/heap/designs/table.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::test {

namespace {

__extension__ using Wide = unsigned __int128;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_rounding(std::uint64_t value, std::uint64_t align) {
    const Wide up = (Wide{value} + align - 1) / align * align;
    const bool fits = up >> 64 == 0;
    const auto rounded = checked_align_up(value, align);
    require(rounded.has_value() == fits);
    require(!fits || *rounded == up);
    require(!fits || align_up(value, align) == up);
    require(align_down(value, align) == value / align * align);
    require(is_aligned(value, align) == (value % align == 0));
}

/// A block holds what was asked for, in multiples of 8, and never less than 16. Only what no heap
/// can hold may come out as a number that stands for "too large".
template <class D>
void check_block_size(mm::Layout layout) {
    const std::size_t taken = D::block_size(layout);
    require(taken >= std::min(layout.size, ~std::size_t{15}));
    if (layout.size > std::size_t{1} << 62 || layout.align > std::size_t{1} << 62) return;
    require(taken >= 16 && taken % 8 == 0);
    // At most doubled, where a class or a power of two is the size.
    require(taken <= 2 * std::max({layout.size, layout.align, std::size_t{16}}));
    // What fits into a block of this size takes a block of this size.
    require(D::block_size({taken, layout.align}) == taken);
}

template <std::size_t... Index>
void check_block_sizes(mm::Layout layout, std::index_sequence<Index...>) {
    const auto check = [&]<class D>(std::type_identity<D>) {
        // Under a window a block is as small as its alignment allows: it ends at a page's end.
        if constexpr (!std::is_same_v<D, mm::Dummy> && !mm::WindowDesign<D>) {
            check_block_size<D>(layout);
        }
    };
    (check(std::type_identity<std::variant_alternative_t<Index, mm::AnyDesign>>()), ...);
}

}  // namespace

}  // namespace heap44::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heap44;
    FuzzedDataProvider input(data, size);
    const auto value = input.ConsumeIntegral<std::uint64_t>();
    const std::uint64_t align = std::uint64_t{1} << input.ConsumeIntegralInRange(0, 63);
    test::check_rounding(value, align);
    const auto maybe_power = input.ConsumeIntegral<std::size_t>();
    test::require(mm::Layout{value, maybe_power}.is_valid() == (std::popcount(maybe_power) == 1));
    test::check_block_sizes({value, align},
                            std::make_index_sequence<std::variant_size_v<mm::AnyDesign>>());
    return 0;
}
