// SPDX-License-Identifier: MIT
// A heap of the C library: any design behind one virtual interface, with or without a ledger.
//
// C knows neither templates nor classes. So each design has two classes here (PlainHeap,
// CheckedHeap) that look alike from outside, and the handle that C code holds is a pointer to one
// of them.
#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>

#include "lib/carver.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::library {

/// What `heap44_holes` calls for each hole.
using HoleVisitor = void (*)(void* context, void* address, std::size_t size);

/// Lives at the start of the mapping that holds all it keeps beside the region. Its classes have
/// nothing to destroy, so the mapping is simply unmapped in the end.
class AnyHeap {
public:
    explicit AnyHeap(std::size_t mapped_bytes) : mapped_bytes_(mapped_bytes) {}

    [[nodiscard]] virtual std::byte* allocate(mm::Layout layout) = 0;
    virtual void deallocate(std::byte* block, mm::Layout layout) = 0;
    [[nodiscard]] virtual std::byte* reallocate(std::byte* block, mm::Layout layout,
                                                std::size_t new_size) = 0;
    /// In the design's order; the answer is how many holes there are.
    virtual std::size_t for_each_hole(HoleVisitor each, void* context) const = 0;
    /// How many requests were refused as wrong; a heap without a ledger sees none.
    [[nodiscard]] virtual std::size_t errors() const = 0;

    [[nodiscard]] std::size_t mapped_bytes() const { return mapped_bytes_; }

protected:
    ~AnyHeap() = default;

private:
    std::size_t mapped_bytes_;
};

/// What a design keeps beside the region; some keep nothing.
template <mm::Design D>
std::size_t metadata_bytes(std::size_t region_size) {
    if constexpr (requires { D::metadata_bytes(region_size); }) {
        return D::metadata_bytes(region_size);
    }
    return 0;
}

/// A design with the memory that it wants: the region alone, or what it keeps beside it, too.
template <mm::Design D>
D make_design(std::span<std::byte> region, std::span<std::byte> memory) {
    if constexpr (std::constructible_from<D, std::span<std::byte>>) {
        return D(region);
    } else {
        return D(region, memory.first(metadata_bytes<D>(region.size())));
    }
}

/// Calls `each`, if there is one, for every hole; the answer is how many there are.
template <mm::Design D>
std::size_t count_holes(const D& design, HoleVisitor each, void* context) {
    std::size_t count = 0;
    design.for_each_hole([&](const mm::Hole& hole) {
        if (each != nullptr) each(context, hole.address, hole.size);
        ++count;
        return true;
    });
    return count;
}

/// Trusts whoever calls, as the designs do: a wrong free damages the heap. It costs nothing but a
/// virtual call.
template <mm::Design D>
class PlainHeap final : public AnyHeap {
public:
    /// Bytes of memory beside the region, this object not counted.
    [[nodiscard]] static std::size_t memory_needed(std::size_t region_size) {
        return metadata_bytes<D>(region_size);
    }

    /// `memory` is aligned to 64.
    PlainHeap(std::span<std::byte> region, std::span<std::byte> memory, std::size_t mapped_bytes)
        : AnyHeap(mapped_bytes), design_(make_design<D>(region, memory)) {}

    [[nodiscard]] std::byte* allocate(mm::Layout layout) override {
        return design_.allocate(layout);
    }
    void deallocate(std::byte* block, mm::Layout layout) override {
        design_.deallocate(block, layout);
    }
    [[nodiscard]] std::byte* reallocate(std::byte* block, mm::Layout layout,
                                        std::size_t new_size) override {
        return mm::reallocate(design_, block, layout, new_size);
    }
    std::size_t for_each_hole(HoleVisitor each, void* context) const override {
        return count_holes(design_, each, context);
    }
    [[nodiscard]] std::size_t errors() const override { return 0; }

private:
    D design_;
};

/// Asks the ledger first, and counts what it refuses: a pointer that is no live block's start, or a
/// layout that is not the block's. The region stays sound, whatever pointer the program passes.
template <mm::Design D>
class CheckedHeap final : public AnyHeap {
public:
    /// The design's part, and the ledger's behind it.
    [[nodiscard]] static std::size_t memory_needed(std::size_t region_size) {
        return memory_for(region_size).bytes();
    }

    CheckedHeap(std::span<std::byte> region, std::span<std::byte> memory, std::size_t mapped_bytes)
        : AnyHeap(mapped_bytes),
          design_(make_design<D>(region, memory)),
          ledger_(std::get<1>(memory_for(region.size()).carve(memory)), address_of(region.data()),
                  region.size()) {}

    [[nodiscard]] std::byte* allocate(mm::Layout layout) override {
        // A block that the ledger has no record for could never be freed: better none.
        std::byte* block = ledger_.has_room() ? design_.allocate(layout) : nullptr;
        if (block != nullptr) {
            ledger_.add(address_of(block), layout, design_.block_size(layout), 0, 0);
        }
        return block;
    }

    void deallocate(std::byte* block, mm::Layout layout) override {
        const mm::Block* live = find(block, layout);
        if (live == nullptr) return;
        design_.deallocate(block, layout);
        ledger_.remove(*live, 0, 0);
    }

    [[nodiscard]] std::byte* reallocate(std::byte* block, mm::Layout layout,
                                        std::size_t new_size) override {
        const mm::Block* live = find(block, layout);
        if (live == nullptr) return nullptr;
        std::byte* moved = mm::reallocate(design_, block, layout, new_size);
        if (moved != nullptr) {
            const std::size_t taken = design_.block_size({new_size, layout.align});
            ledger_.resize(*live, address_of(moved), new_size, taken, 0, 0);
        }
        return moved;
    }

    std::size_t for_each_hole(HoleVisitor each, void* context) const override {
        return count_holes(design_, each, context);
    }
    [[nodiscard]] std::size_t errors() const override { return errors_; }

private:
    static Carver<std::byte, std::byte> memory_for(std::size_t region_size) {
        return {metadata_bytes<D>(region_size), mm::Ledger::bytes_needed(region_size)};
    }

    /// The live block of this layout at this address; else null, and that is an error.
    const mm::Block* find(const std::byte* block, mm::Layout layout) {
        const mm::Verdict verdict = ledger_.judge(address_of(block));
        if (verdict.kind == mm::Verdict::Kind::live && verdict.block->layout == layout) {
            return verdict.block;
        }
        ++errors_;
        return nullptr;
    }

    D design_;
    mm::Ledger ledger_;
    std::size_t errors_ = 0;
};

}  // namespace heap44::library
