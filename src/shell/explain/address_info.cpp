// SPDX-License-Identifier: MIT
#include "shell/explain/address_info.hpp"

#include "mm/heap/designs/guard_page.hpp"
#include "mm/heap/heap.hpp"
#include "mm/page_walk.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/explain/heap_place.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell {

namespace {

/// Finds the region that holds an address, and the neighbours that touch it. One pass, since
/// regions come in address order: whatever comes directly behind the one found is its neighbour.
class FindRegion final : public Visitor<MemoryRegion> {
public:
    explicit FindRegion(VirtAddr address) : address_(address) {}
    bool visit(const MemoryRegion& region) override {
        if (found) {
            if (region.start == found->end) after = region;
            return false;
        }
        if (address_ >= region.start && address_ < region.end) {
            found = region;
            if (last_ && last_->end == region.start) before = last_;
        }
        last_ = region;
        return true;
    }
    std::optional<MemoryRegion> found, before, after;

private:
    VirtAddr address_;
    std::optional<MemoryRegion> last_;
};

/// A hole keeps the design's words at its ends; the rest of it is free memory.
void describe_hole(AddressInfo& info, const mm::Heap& heap, const mm::Hole& hole) {
    info.kind = "hole";
    info.hole = AddressInfo::HoleRange{address_of(hole.address), hole.size};
    print(info.text, "byte {} of the hole of {} bytes at {:#x}", info.address - info.hole->address,
          hole.size, info.hole->address.value);
    if (const auto word = word_at(heap, hole, info.address)) {
        print(info.text, ", in its word '{}'", word->name);
    } else {
        info.text.write(", free memory");
    }
}

/// Describes a page of a window to which nothing is mapped, because of a block that is there, or
/// was. False where the address is no such page.
bool describe_gap(AddressInfo& info, const mm::Heap& heap, const std::optional<mm::Gap>& gap) {
    if (!gap || gap->kind == mm::Gap::Kind::overhead) return false;
    info.kind = gap->kind == mm::Gap::Kind::guard ? "guard" : "unmapped";
    return place_in_window(info, info.text, heap, info.address);
}

/// Describes what is neither in a block nor in such a gap.
void describe_free(AddressInfo& info, const mm::Heap& heap, const std::optional<mm::Gap>& gap) {
    if (const auto hole = hole_around(heap, info.address)) {
        return describe_hole(info, heap, *hole);
    }
    info.kind = "overhead";
    if (gap) {
        const mm::Block* block = heap.ledger().live_from(address_of(gap->span));
        return print(info.text, "what {} leaves of its pages", label(*block).view());
    }
    // With a broken list nobody knows where the holes are, so nothing is claimed about this byte.
    info.text.write(heap.find_broken_word()
                        ? "free memory, of which the broken list tells nothing; see 'check'"
                        : "the design's own words, or memory that it cannot use yet");
}

void describe_block(AddressInfo& info, const mm::Block& block, const Machine& machine) {
    const bool is_padding = info.address - block.address >= block.layout.size;
    info.kind = is_padding ? "padding" : "block";
    write_distance(info.text, block, info.offset);
    print(info.text, "{}{}, allocated by {}", label(block).view(),
          is_padding ? ", in its padding" : "", line_text(machine, block.caller).view());
}

// A stack grows down into the guard page under it. Of everything else people say "before" and
// "behind".
void write_guard(Output& output, const FindRegion& regions) {
    if (regions.after && regions.after->kind.ends_with("stack")) {
        print(output, "guard page under the {}", regions.after->kind);
    } else if (regions.after) {
        print(output, "guard page before the {}", regions.after->kind);
    } else if (regions.before) {
        print(output, "guard page behind the {}", regions.before->kind);
    } else {
        output.write("guard page");
    }
}

/// The regions with a meaning of their own come first; whatever is left is named after its region.
void describe_region(AddressInfo& info, const FindRegion& regions, const Machine& machine) {
    const MemoryRegion& region = *regions.found;
    if (region.kind == "guard page") {
        info.kind = "guard";
        return write_guard(info.text, regions);
    }
    if (region.kind.ends_with("stack")) {
        info.kind = "stack";
        print(info.text, "{}, {} bytes below its top", region.kind, region.end - info.address);
    } else if (region.kind == "kernel text") {
        info.kind = "code";
        info.code = info.address.value;
        info.text.write(code_text(machine, info.address.value, CodeUse::instruction).view());
    } else if (const auto level = machine.page_table_level(info.address)) {
        info.kind = "page-table";
        print(info.text, "entry {} of a page table of level {}",
              info.address.value % page_size / sizeof(std::uint64_t), *level);
    } else {
        info.kind = region.kind;
        print(info.text, "byte {:#x} of the {}", info.address - region.start, region.kind);
    }
}

}  // namespace

void write_guard(Output& output, const Machine& machine, VirtAddr address) {
    FindRegion regions(address);
    machine.for_each_region(regions);
    write_guard(output, regions);
}

std::optional<mm::Hole> hole_around(const mm::Heap& heap, VirtAddr address) {
    std::optional<mm::Hole> found;
    heap.for_each_hole([&](const mm::Hole& hole) {
        const VirtAddr start = address_of(hole.address);
        if (address >= start && address - start < hole.size) found = hole;
        return !found;
    });
    return found;
}

std::optional<HoleWord> word_at(const mm::Heap& heap, const mm::Hole& hole, VirtAddr address) {
    const VirtAddr start = address_of(hole.address);
    const std::span<const mm::HoleField> fields = heap.hole_fields();
    // Words at the front of a hole lie one behind the other; `front` is how many bytes they take in
    // a hole that has all of them.
    std::size_t front = 0;
    for (const mm::HoleField& field : fields) front += field.at_end ? 0 : field.size;
    for (const mm::HoleField& field : fields) {
        // A free block of a size class has only the last of the words. The offset of one that it
        // does not have wraps around, so that no address in the hole is found in it.
        const std::uint64_t offset =
            field.at_end ? hole.size - field.offset : field.offset + hole.front - front;
        if (address - start - offset < field.size) {
            return HoleWord{field.name, start + offset + field.size};
        }
    }
    return std::nullopt;
}

// The most special answer wins: a block before a hole, a hole before the region around both.
AddressInfo find_address_info(const mm::Heap& heap, const Machine& machine, VirtAddr address) {
    AddressInfo info{.address = address};
    FindRegion regions(address);
    machine.for_each_region(regions);
    if (regions.found) info.region = regions.found;
    info.physical = machine.walk(address).physical;
    // Filled in first, since the block that was here before is worth naming whatever is
    // there now.
    note_nearest(info, heap, address);
    const mm::Block* const block = heap.ledger().live_around(address);
    if (!mm::is_canonical(address)) {
        info.kind = "not-canonical";
        info.text.write("nothing: bits 48 to 63 are not copies of bit 47");
    } else if (block != nullptr) {
        describe_block(info, *block, machine);
    } else if (address >= heap.start() && address < heap.end()) {
        const auto gap = heap.gap_at(address);
        if (describe_gap(info, heap, gap)) return info;
        describe_free(info, heap, gap);
    } else if (regions.found) {
        describe_region(info, regions, machine);
    } else if (machine.access(address) != Access::none) {
        // Only in the host program: memory that is neither the heap nor a region that it knows.
        info.kind = "program";
        info.text.write("the program that holds the heap");
        if (machine.describe_code(address.value)) {
            info.code = address.value;
            print(info.text, ": {}",
                  code_text(machine, address.value, CodeUse::instruction).view());
        }
    } else {
        info.kind = "unmapped";
        info.text.write(address.value < page_size ? "page zero, never mapped"
                                                  : "nothing: no memory is mapped there");
    }
    if (info.block && block == nullptr) {
        info.text.write(info.block->is_live() ? "; " : "; before that ");
        write_place(info.text, *info.block, info.offset);
    }
    return info;
}

}  // namespace heap44::shell
