// SPDX-License-Identifier: MIT
// What a machine tells of itself: values, for those who only show them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/address.hpp"

namespace heap44::shell {

/// A function of the running program: `name` without its parameters, `offset` bytes into it; the
/// source file without its directory, and the line, empty and 0 where they are not known.
struct CodePlace {
    std::string_view name;
    std::uint64_t offset;
    std::string_view file;
    std::uint32_t line = 0;
};

/// What is done with memory, or what it allows.
enum class Access : std::uint8_t { none, read, write };

/// `read` or `write`.
[[nodiscard]] constexpr std::string_view name(Access access) {
    constexpr std::array<std::string_view, 3> names{"none", "read", "write"};
    return names[static_cast<std::size_t>(access)];
}

/// Memory whose next write is to be reported: 1, 2, 4 or 8 bytes at a multiple of that.
struct Watchpoint {
    VirtAddr address;
    std::size_t size;
};

/// More than a processor has.
inline constexpr std::size_t most_watchpoints = 8;

/// A range of virtual memory, `start` to `end` (not included), and what it is for.
struct MemoryRegion {
    VirtAddr start;
    VirtAddr end;
    std::string_view kind;
};

/// Counts of 4 KiB frames.
struct FrameCounts {
    std::uint64_t total;
    std::uint64_t used;
    std::uint64_t free;
};

/// What can be asked for by name: a fault that `fault` provokes, an error that `bug` commits.
struct Named {
    std::string_view name;
    std::string_view summary;
};

}  // namespace heap44::shell
