// SPDX-License-Identifier: MIT
// Which virtual addresses are whose in the kernel; the host program has heap and window there, too.
//
//     0x4444_4444_0000        the heap, an unmapped guard page at both ends
//     0x4450_0000_0000        what is kept beside it: the ledger, the detector's copy, metadata
//     0x4460_0000_0000        the window of guard-page
//     0x4470_0000_0000        the undo journal
//     0xffff_8000_0000_0000   physical memory
//     0xffff_ffff_8000_0000   the kernel's image
//
// They lie so far apart that each has room for its largest size, and that the first digits tell
// which one an address belongs to. linker.ld and src/boot/entry.asm have to repeat the last two;
// tests/pytest/shell/test_address_plan.py compares them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"

namespace heap44 {

inline constexpr VirtAddr heap_start{0x4444'4444'0000};
inline constexpr std::uint64_t default_heap_size = std::uint64_t{100} * 1024;

inline constexpr VirtAddr records_start{0x4450'0000'0000};

/// 8,192 blocks of a page, each with its guard page, before addresses are used again.
inline constexpr VirtAddr guard_window_start{0x4460'0000'0000};
inline constexpr std::size_t guard_window_size = std::size_t{64} << 20;

inline constexpr VirtAddr journal_start{0x4470'0000'0000};

/// All of physical memory can be reached at this distance, under the first page tables (the first 4
/// GiB) and under the final ones (what is usable).
inline constexpr std::uint64_t physical_map_offset = 0xffff'8000'0000'0000;

/// The kernel runs at this distance above the physical addresses to which it was loaded. The
/// highest 2 GiB, so that addresses fit into 32 bits with their sign (the compiler's "kernel" code
/// model).
inline constexpr std::uint64_t image_offset = 0xffff'ffff'8000'0000;

}  // namespace heap44
