// SPDX-License-Identifier: MIT
// Page faults in words: what was tried, and what kind of place the address is.
//
// The error code says what was tried (Intel SDM volume 3, 4.7), CR2 where. What is at that address
// the list of regions knows.
#pragma once

#include <cstdint>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "shell/platform/machine_facts.hpp"

namespace heap44::kernel {

/// "read", "write" or "execution", from a page fault's error code.
[[nodiscard]] std::string_view access_name(std::uint64_t error_code);

/// The same for programs; an execution is neither a read nor a write.
[[nodiscard]] shell::Access access_of(std::uint64_t error_code);

/// "write to a page that is read-only, by the kernel".
void write_page_fault(Output& output, std::uint64_t error_code);

/// What kind of place an address is: "page zero, never mapped", "guard page behind the heap",
/// "kernel rodata, which is read-only".
void write_place(Output& output, VirtAddr address, std::uint64_t error_code);

}  // namespace heap44::kernel
