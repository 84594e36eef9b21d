// SPDX-License-Identifier: MIT
#include "shell/place.hpp"

#include <span>

#include "shell/code_text.hpp"

namespace heap44::shell {

namespace {

constexpr std::string_view plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

/// The region that holds an address, and its neighbours, where there are any.
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

void describe_hole(Place& place, const mm::Hole& hole, Platform& platform) {
    const std::uint64_t offset = place.address - address_of(hole.address);
    place.kind = "hole";
    place.hole = Place::Stretch{address_of(hole.address), hole.size};
    print(place.text, "byte {} of the hole of {} bytes at {:#x}", offset, hole.size,
          place.hole->address.value);
    if (offset < hole_words(platform, place.hole->address, hole.size)) {
        print(place.text, ", in its word '{}'", offset < 8 ? "size" : "next");
    } else {
        place.text.write(", free memory");
    }
}

void describe_free(Place& place, const mm::Heap& heap, const mm::Vicinity& near,
                   Platform& platform) {
    if (const auto hole = hole_around(heap, place.address)) {
        describe_hole(place, *hole, platform);
    } else {
        place.kind = "overhead";
        place.text.write("the design's own words, or memory that it cannot use yet");
    }
    if (near.block == nullptr) return;
    place.text.write("; ");
    if (near.kind == mm::Vicinity::Kind::freed) place.text.write("before that ");
    write_vicinity(place.text, near);
}

void describe_heap(Place& place, const mm::Heap& heap, Platform& platform) {
    const mm::Vicinity near = mm::find_vicinity(heap.ledger(), place.address);
    if (near.block != nullptr) {
        place.block = *near.block;
        place.offset = near.offset;
    }
    if (near.kind == mm::Vicinity::Kind::payload || near.kind == mm::Vicinity::Kind::padding) {
        place.kind = near.kind == mm::Vicinity::Kind::payload ? "block" : "padding";
        write_vicinity(place.text, near);
        print(place.text, ", {} byte{} at {:#x}, allocated by {}", near.block->layout.size,
              plural(near.block->layout.size), near.block->address.value,
              line_text(platform, near.block->caller).view());
        return;
    }
    describe_free(place, heap, near, platform);
}

/// A guard page is named after what it guards: what lies above it, or else below.
void describe_guard(Place& place, const FindRegion& regions) {
    place.kind = "guard";
    if (regions.after && regions.after->kind.ends_with("stack")) {
        print(place.text, "guard page under the {}", regions.after->kind);
    } else if (regions.after) {
        print(place.text, "guard page before the {}", regions.after->kind);
    } else if (regions.before) {
        print(place.text, "guard page behind the {}", regions.before->kind);
    } else {
        place.text.write("guard page");
    }
}

void describe_region(Place& place, const FindRegion& regions, Platform& platform) {
    const MemoryRegion& region = *regions.found;
    if (region.kind == "guard page") return describe_guard(place, regions);
    if (region.kind.ends_with("stack")) {
        place.kind = "stack";
        print(place.text, "{}, {} bytes below its top", region.kind, region.end - place.address);
    } else if (region.kind == "kernel text") {
        place.kind = "code";
        place.code = place.address.value;
        place.text.write(code_text(platform, place.address.value, CodeUse::instruction).view());
    } else if (const auto level = platform.page_table_level(place.address)) {
        place.kind = "page-table";
        print(place.text, "entry {} of a page table of level {}",
              place.address.value % page_size / sizeof(std::uint64_t), *level);
    } else {
        place.kind = region.kind;
        print(place.text, "byte {:#x} of the {}", place.address - region.start, region.kind);
    }
}

bool is_canonical(VirtAddr address) {
    const auto top = static_cast<std::int64_t>(address.value) >> 47;
    return top == 0 || top == -1;
}

}  // namespace

FixedText<48> title(const mm::Block& block) {
    auto text = format_fixed<48>("#{}", block.number);
    if (!block.name.empty()) print(text, " \"{}\"", block.name.view());
    return text;
}

void write_vicinity(Output& output, const mm::Vicinity& place) {
    using enum mm::Vicinity::Kind;
    if (place.kind == nowhere) return output.write("no block is near");
    const auto offset = static_cast<std::uint64_t>(place.offset);
    const auto size = place.kind == padding ? place.block->layout.size : place.block->block_size;
    const auto name = title(*place.block);
    const std::string_view state = place.block->is_live() ? "" : " (freed)";
    switch (place.kind) {
        case payload:
        case freed:
            print(output, "byte {} of {}{}", offset, name.view(), state);
            break;
        case padding:
        case behind:
            if (offset == size) {
                print(output, "right behind {}{}", name.view(), state);
            } else {
                print(output, "{} byte{} past {}{}", offset - size, plural(offset - size),
                      name.view(), state);
            }
            if (place.kind == padding) output.write(", in its padding");
            break;
        case before:
            print(output, "{} byte{} in front of {}{}", -place.offset,
                  place.offset == -1 ? "" : "s", name.view(), state);
            break;
        case nowhere:
            break;
    }
}

bool is_near(const mm::Heap& heap, VirtAddr address) {
    return address >= heap.start() - page_size && address < heap.end() + page_size;
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

std::size_t hole_words(Platform& platform, VirtAddr hole, std::size_t size) {
    constexpr std::size_t both_words = 16;
    std::uint64_t first = 0;
    const auto bytes = std::as_writable_bytes(std::span(&first, 1));
    if (size < both_words || platform.read_memory(hole, bytes) < sizeof(first)) return 0;
    return first == size ? both_words : 0;
}

Place find_place(const mm::Heap& heap, Platform& platform, VirtAddr address) {
    Place place{.address = address};
    FindRegion regions(address);
    platform.for_each_region(regions);
    if (regions.found) place.region = regions.found;
    if (const auto walk = platform.walk(address)) place.physical = walk->physical;
    if (!is_canonical(address)) {
        place.kind = "not-canonical";
        place.text.write("nothing: bits 48 to 63 are not copies of bit 47");
    } else if (address >= heap.start() && address < heap.end()) {
        describe_heap(place, heap, platform);
    } else if (regions.found) {
        describe_region(place, regions, platform);
    } else if (platform.access(address) != Access::none) {
        place.kind = "program";
        place.text.write("the program that holds the heap");
        if (platform.describe_code(address.value)) {
            place.code = address.value;
            print(place.text, ": {}",
                  code_text(platform, address.value, CodeUse::instruction).view());
        }
    } else {
        place.kind = "unmapped";
        place.text.write(address.value < page_size ? "page zero, never mapped"
                                                   : "nothing: no memory is mapped there");
    }
    if (!place.block && is_near(heap, address)) {
        const mm::Vicinity near = mm::find_vicinity(heap.ledger(), address);
        if (near.block != nullptr) {
            place.block = *near.block;
            place.offset = near.offset;
            place.text.write("; ");
            write_vicinity(place.text, near);
        }
    }
    return place;
}

}  // namespace heap44::shell
