// SPDX-License-Identifier: MIT
// What stands at an address, in words: a block, a hole, a stack, code, a page table, nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/platform/machine_facts.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class Machine;

/// What stands at an address. `kind` is a word for programs, `text` the sentence for people;
/// `block` is the one that it has most to do with, live or freed.
struct AddressInfo {
    struct HoleRange {
        VirtAddr address;
        std::size_t size;
    };
    VirtAddr address;
    std::string_view kind;
    FixedText<320> text;
    std::optional<mm::Block> block;
    /// From that block's start; negative in front of it.
    std::int64_t offset = 0;
    std::optional<HoleRange> hole;
    std::optional<MemoryRegion> region;
    std::optional<std::uint64_t> code;
    std::optional<PhysAddr> physical;
};

/// "guard page before the heap": which guard page holds the address, named after what it guards,
/// the region above it or else the one below.
void write_guard(Output& output, const Machine& machine, VirtAddr address);

/// The hole that holds the address; nothing where none does. Walks over the holes.
[[nodiscard]] std::optional<mm::Hole> hole_around(const mm::Heap& heap, VirtAddr address);

/// A word that the design keeps in a hole: its name, and where it ends.
struct HoleWord {
    std::string_view name;
    VirtAddr end;
};

/// The word to which a byte of the hole belongs; nothing where it is free memory.
[[nodiscard]] std::optional<HoleWord> word_at(const mm::Heap& heap, const mm::Hole& hole,
                                              VirtAddr address);

/// Never faults, whatever the address is. Takes time with the number of regions and of holes.
[[nodiscard]] AddressInfo find_address_info(const mm::Heap& heap, const Machine& machine,
                                            VirtAddr address);

}  // namespace heap44::shell
