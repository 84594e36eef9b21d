// SPDX-License-Identifier: MIT
// Memory from Linux.
#pragma once

#include <cstddef>
#include <span>
#include <sys/mman.h>

#include "lib/address.hpp"

namespace heap44::host {

/// At this address or (0) anywhere. The program has no use without it, and ends with a message.
std::span<std::byte> map_memory(VirtAddr at, std::size_t size, int more_flags,
                                int protection = PROT_READ | PROT_WRITE);

}  // namespace heap44::host
