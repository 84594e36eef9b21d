// SPDX-License-Identifier: MIT
// Where the linker put the parts of the kernel (linker.ld). All bounds are page-aligned.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"
#include "lib/address_plan.hpp"

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
