// SPDX-License-Identifier: MIT
// The structures that boot loaders leave in memory: Multiboot2's tags and PVH's start information.
//
// They are given by others, so the order follows the specifications: Multiboot2's "Boot information
// format", and Xen's start_info.h. All numbers are little-endian. What the kernel does not read is
// left out at the end of a structure, never within it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace heap44::kernel {

namespace multiboot2 {

/// The size of everything, four bytes that mean nothing, then the tags, each aligned to 8.
inline constexpr std::size_t tags_offset = 8;

// NOLINTNEXTLINE(performance-enum-size): as wide as in the protocol, or 257 would look like 1.
enum class TagType : std::uint32_t {
    end = 0,
    command_line = 1,
    loader_name = 2,
    module = 3,
    memory_map = 6,
    old_rsdp = 14,
    new_rsdp = 15,
};

/// `size` includes this header, not the padding behind the tag.
struct TagHeader {
    std::uint32_t type;
    std::uint32_t size;
};

/// In front of the entries. `entry_size` may be larger than the entry known here.
struct MemoryMapHeader {
    std::uint32_t entry_size;
    std::uint32_t entry_version;
};

struct MemoryMapEntry {
    std::uint64_t start;
    std::uint64_t size;
    std::uint32_t kind;
    std::uint32_t reserved;
};
static_assert(sizeof(MemoryMapEntry) == 24, "the protocol's layout");

/// A file that the loader has put into memory, from `start` to `end` (not included). Its text
/// follows.
struct Module {
    std::uint32_t start;
    std::uint32_t end;
};

}  // namespace multiboot2

namespace pvh {

/// `memory_map` and `memory_map_count` came with version 1. Addresses are physical, 0 for none.
struct StartInfo {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t flags;
    std::uint32_t module_count;
    std::uint64_t modules;
    std::uint64_t command_line;
    std::uint64_t rsdp;
    std::uint64_t memory_map;
    std::uint32_t memory_map_count;
    std::uint32_t reserved;
};
static_assert(sizeof(StartInfo) == 56, "the protocol's layout, version 1");

struct MemoryMapEntry {
    std::uint64_t start;
    std::uint64_t size;
    std::uint32_t kind;
    std::uint32_t reserved;
};

struct Module {
    std::uint64_t start;
    std::uint64_t size;
    std::uint64_t command_line;
    std::uint64_t reserved;
};
static_assert(sizeof(Module) == 32, "the protocol's layout");

}  // namespace pvh

}  // namespace heap44::kernel
