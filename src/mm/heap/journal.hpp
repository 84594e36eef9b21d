// SPDX-License-Identifier: MIT
// What the heap was before each change, so that it can go back there, byte for byte, and forth.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/text.hpp"
#include "mm/heap/changed_pages.hpp"
#include "mm/heap/delta.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/hole_map.hpp"

namespace heap44::mm {

/// A journal of steps. It keeps a copy of the heap's bytes as they were after the last step; a step
/// is where the bytes differ then, old and new in one (their exclusive or), in a ring that forgets
/// the oldest. It knows of a change only what the bytes tell, so it does not matter who made it:
/// a command, code that was stopped half-way, a stray write.
class Journal {
public:
    static constexpr std::size_t label_size = 64;
    using Label = FixedText<label_size>;

    /// A copy of the heap's bytes, and what else made up that state.
    struct Snapshot {
        BlockName name;
        std::span<std::byte> bytes;
        std::optional<Heap::State> state;
    };
    static constexpr std::size_t most_snapshots = 8;

    /// The least memory that a journal for this heap is of use with.
    [[nodiscard]] static std::size_t least_memory(const Heap& heap);

    /// `memory` is aligned to 64 and holds `least_memory(heap)` bytes or more; what it contains
    /// does not matter. The journal begins with the heap as it is now.
    Journal(Heap& heap, std::span<std::byte> memory, ChangedPages& pages);

    // --- recording ---

    /// What the next steps are called.
    void set_label(std::string_view label) { label_ = Label(label); }
    /// What changed since the last call is a step, and what was undone before it is given up. No
    /// change is no step.
    void commit();
    /// What changed since the last `commit` never happened; only failures stay counted.
    void revert();

    // --- going back and forth; what happened since the last `commit` must have been committed ---

    [[nodiscard]] std::size_t undoable() const { return at_ - first_; }
    [[nodiscard]] std::size_t redoable() const { return last_ - at_; }
    /// One step back, or forth. There must be one.
    const Label& undo();
    const Label& redo();
    /// Why the heap as it is now has no steps to go back; empty where it may have some.
    [[nodiscard]] std::string_view why_not() const { return last_state_.why_no_undo(); }

    /// Steps that were given up because the ring was full.
    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
    /// Bytes of memory for steps.
    [[nodiscard]] std::size_t capacity() const { return ring_.size(); }

    // --- snapshots: all the heap's bytes, kept until the name is used again ---

    [[nodiscard]] std::span<const Snapshot> snapshots() const {
        return std::span(snapshots_).first(snapshot_count_);
    }
    [[nodiscard]] std::size_t snapshot_capacity() const { return snapshot_capacity_; }
    [[nodiscard]] const Snapshot* find_snapshot(std::string_view name) const;
    /// False where all places are taken.
    bool take_snapshot(std::string_view name);
    /// Makes the heap what it was, without a step; `commit` then makes one of it.
    void load(const Snapshot& snapshot);

    // --- comparing ---

    /// The state before the last step, until the next call of any function that is not const;
    /// null where there is no memory for it.
    const Snapshot* previous();
    /// Puts the heap back as it was at the last `commit`, from wherever `load` brought it.
    void come_back();
    /// The heap's bytes as they were at the last `commit`.
    [[nodiscard]] std::span<const std::byte> committed() const { return shadow_; }
    /// The record of a live block's as it is in another copy of the heap's bytes.
    [[nodiscard]] Block record_in(std::span<const std::byte> bytes, const Block& block) const;
    /// Room for what somebody finds out about holes.
    [[nodiscard]] std::span<HoleMap, 2> hole_maps() { return hole_maps_; }

private:
    struct Step {
        ByteRing::Position begin;
        ByteRing::Position end;
        // Of the other side: before the step while it is done, after it while it is undone.
        Heap::State state;
        Label label;
    };
    class Recorder;
    class Reverter;

    std::span<std::byte> carve(std::span<std::byte>& memory, std::size_t size);
    HoleMap make_hole_map(std::span<std::byte>& memory);
    void for_each_changed_page(PageVisitor& visitor);
    [[nodiscard]] std::size_t offset_of(VirtAddr address) const;
    /// The heap's bytes from `offset` on, as far as they lie together.
    [[nodiscard]] std::span<std::byte> live_from(std::size_t offset) const;
    void flip(const Step& step, auto&& flip_byte);
    void cross(Step& step);
    Step& step(std::uint64_t number) { return steps_[number % steps_.size()]; }
    ByteRing::Position next_begin();
    void give_up_redo();
    void forget_oldest();
    bool make_room(ByteRing::Position begin);

    Heap& heap_;
    ChangedPages& pages_;
    std::span<std::byte> shadow_;
    Heap::State last_state_;
    std::array<HoleMap, 2> hole_maps_;
    std::array<Snapshot, most_snapshots> snapshots_{};
    std::size_t snapshot_count_ = 0;
    std::size_t snapshot_capacity_ = 0;
    Snapshot previous_{};
    std::span<Step> steps_;
    ByteRing ring_;
    Label label_;
    // Numbers of steps: the oldest that is known, the first that is not done, one behind the last.
    std::uint64_t first_ = 0;
    std::uint64_t at_ = 0;
    std::uint64_t last_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace heap44::mm
