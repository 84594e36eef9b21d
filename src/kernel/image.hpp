// SPDX-License-Identifier: MIT
// Where the linker put the parts of the kernel (linker.ld). All bounds are page-aligned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"

// Arrays of unknown size, so that their names decay to the symbols' addresses.
// NOLINTBEGIN(bugprone-dynamic-static-initializers): the linker defines them, nothing runs.
extern "C" {
extern const std::byte boot_start[], boot_end[];      // physical addresses: the 32-bit entries
extern const std::byte text_start[], text_end[];      // read, execute
extern const std::byte rodata_start[], rodata_end[];  // read
extern const std::byte data_start[], data_end[];      // read, write
extern const std::byte bss_start[], bss_end[];        // read, write; follows data, holds the stacks
extern const std::byte image_end[];                   // the first byte behind all of it
}
// NOLINTEND(bugprone-dynamic-static-initializers)

namespace heap44::kernel {

/// The kernel runs at this distance above the physical addresses to which it was loaded. The
/// highest 2 GiB, so that addresses fit into 32 bits with their sign (the compiler's "kernel" code
/// model).
inline constexpr std::uint64_t image_offset = 0xffff'ffff'8000'0000;
/// All of physical memory can be reached at this distance, under the first page tables (the first 4
/// GiB) and under the final ones (what is usable).
inline constexpr std::uint64_t physical_map_offset = 0xffff'8000'0000'0000;

/// Only for addresses within the image.
[[nodiscard]] constexpr PhysAddr image_to_physical(VirtAddr address) {
    return {address.value - image_offset};
}

[[nodiscard]] constexpr VirtAddr physical_to_virtual(PhysAddr address) {
    return {address.value + physical_map_offset};
}

/// What of physical memory the loaded kernel occupies, its first entry included.
[[nodiscard]] inline PhysAddr image_physical_start() {
    return {address_of(boot_start).value};
}
[[nodiscard]] inline PhysAddr image_physical_end() {
    return image_to_physical(address_of(image_end));
}

}  // namespace heap44::kernel
