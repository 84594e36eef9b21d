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
#include "mm/heap/heap.hpp"
#include "mm/heap/history/changed_pages.hpp"
#include "mm/heap/history/delta.hpp"
#include "mm/heap/history/page_copies.hpp"

namespace heap44::mm {

/// The journal keeps a copy of the heap as it was after the last command: the committed bytes. A
/// step is the exclusive or of these and the heap, page by page, so one stored step leads both
/// ways: back, and forth again.
///
///     heap now   ──xor──  step  ──xor──  heap before
///
/// Steps have numbers. Those that were undone stay until something else is done:
///
///     first_ ........ at_ ........ last_
///       can be undone  can be redone
///
/// Between two commands the committed bytes equal the heap, and `last_state_` is the rest of it
/// (`Heap::State`). The journal knows of a change only what the bytes tell. So it does not matter
/// who made it: a command, code that was stopped half-way, a stray write. A window's pages that are
/// not mapped count as zeros, and so does the pattern beside a block's payload there: most pages
/// are then kept without a copy.
///
/// Cost of a commit: one pass over the pages that were written to, and the bytes that differ. The
/// ring forgets the oldest steps when it is full.
class Journal {
public:
    static constexpr std::size_t label_size = 64;
    using Label = FixedText<label_size>;

    /// A copy of the heap's bytes (region and records, the window), and what else made up that
    /// state.
    struct Snapshot {
        BlockName name;
        std::span<std::byte> bytes;
        PageCopies window;
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
    /// What changed since the last `commit` never happened; only failures stay counted. Observers
    /// of the heap that were told of changes since then are told that it was set back.
    void revert();

    // --- lending the heap out, to be used and to be given back as it was ---

    /// Commits, and keeps the heap as it is now until `take_back`. In between nothing here is asked
    /// but `is_lent`. False where `is_lost()`: then there is nothing to give back.
    bool lend();
    [[nodiscard]] bool is_lent() const { return is_lent_; }
    /// The heap is again as it was when it was lent, to the byte, whatever became of it; so there
    /// is no step to commit. Observers that were told of changes are told that it was set back.
    void take_back();

    // --- going back and forth; what happened since the last `commit` must have been committed ---

    [[nodiscard]] std::size_t undoable() const { return at_ - first_; }
    [[nodiscard]] std::size_t redoable() const { return last_ - at_; }
    /// So many steps back, or forth, one or more; there must be as many. The last one's label.
    const Label& undo(std::size_t steps = 1);
    const Label& redo(std::size_t steps = 1);
    /// Whether blocks in a window hold more than there is memory to copy. Then the way back is
    /// lost, and nothing below can be done, until they hold less.
    [[nodiscard]] bool is_lost() const { return is_lost_; }
    /// Bytes of memory for what blocks in a window hold.
    [[nodiscard]] std::size_t window_capacity() const { return store_.size(); }
    /// So many pages of it are taken now.
    [[nodiscard]] std::size_t window_kept() const { return window_.kept_count(); }

    /// Steps that were given up because the ring was full.
    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }
    /// Bytes of memory for steps.
    [[nodiscard]] std::size_t capacity() const { return ring_.size(); }
    /// Those that the steps take, in both directions.
    [[nodiscard]] std::size_t used() const {
        return first_ == last_ ? 0 : ring_.end() - step(first_).begin;
    }

    // --- snapshots: all the heap's bytes, kept until the name is used again ---

    [[nodiscard]] std::span<const Snapshot> snapshots() const {
        return std::span(snapshots_).first(snapshot_count_);
    }
    [[nodiscard]] std::size_t snapshot_capacity() const { return snapshot_capacity_; }
    [[nodiscard]] const Snapshot* find_snapshot(std::string_view name) const;
    /// False where all places are taken.
    [[nodiscard]] bool has_place_for(std::string_view name) const;
    /// There must be a place. False where what blocks in a window hold needs more memory than there
    /// is for it in snapshots.
    bool take_snapshot(std::string_view name);
    void forget_snapshots();
    /// Makes the heap what it was, without a step; `commit` then makes one of it.
    void load(const Snapshot& snapshot);

    // --- comparing ---

    /// The state before the last step, until the next call of any function that is not const;
    /// null where there is no memory for it.
    const Snapshot* previous();
    /// Puts the heap back as it was at the last `commit`, from wherever `load` brought it.
    void come_back();
    /// The heap's bytes as they were at the last `commit`.
    [[nodiscard]] std::span<const std::byte> committed() const { return committed_; }
    /// How many bytes of region and window were others then.
    [[nodiscard]] std::size_t bytes_changed_since(const Snapshot& then) const;
    /// The record of a live block's as it is in another copy of the heap's bytes.
    [[nodiscard]] Block record_in(std::span<const std::byte> bytes, const Block& block) const;
    /// Two pieces of memory for what somebody finds out about holes: each enough for a hole map.
    [[nodiscard]] std::span<std::byte> hole_map_memory(std::size_t index) {
        return hole_map_memory_[index];
    }

    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

private:
    struct Step {
        ByteRing::Position begin;
        ByteRing::Position end;
        // Of the other side: before the step while it is done, after it while it is undone.
        Heap::State state;
        Label label;
    };
    /// A page of region or records, now and after the last step.
    struct Compared {
        std::size_t offset;
        std::span<std::byte> now;
        std::span<std::byte> was;
    };
    /// A page of all that a step is about, or what there is of one; offsets count as in
    /// `committed_`, and on into the window.
    struct Part {
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    class Recorder;
    class Reverter;
    using PageDifferences = Differences<page_size, sizeof(Block)>;

    /// Of region and records.
    void for_each_changed_page(PageVisitor& visitor);
    /// From an address in region or records to the offset in `committed_`, and back to the heap:
    /// the bytes from there to the end of the part.
    [[nodiscard]] std::size_t offset_of(VirtAddr address) const;
    [[nodiscard]] std::span<std::byte> live_from(std::size_t offset) const;
    [[nodiscard]] Compared compare(VirtAddr page);
    [[nodiscard]] Part part_at(std::size_t offset) const;
    /// Where the records begin in `committed_`.
    [[nodiscard]] std::size_t bytes_before_records() const;
    [[nodiscard]] std::size_t window_pages() const;
    [[nodiscard]] VirtAddr window_page(std::size_t page) const {
        return heap_.window()->start + page * page_size;
    }
    /// Maps the pages of the blocks in the window and gives them what they held.
    void put_pages(const PageCopies& held);
    /// Leads `bytes` (as in `committed_`) and `window` across a step, to the other side of it.
    /// Calls `flip_live(offset, difference)` for each byte of region and records. False where the
    /// window needs more room than there is.
    bool flip(const Step& step, std::span<std::byte> bytes, PageCopies& window,
              auto&& flip_live) const;
    /// `come_back`, and observers are told of it.
    void set_back();
    /// Leads the heap and its copy across a step, and leaves the state of the other side in it.
    void cross(Step& step);
    [[nodiscard]] Step& step(std::uint64_t number) const { return steps_[number % steps_.size()]; }
    ByteRing::Position next_begin();
    void give_up_redo();
    void forget_oldest();
    bool make_room(ByteRing::Position begin);

    Heap& heap_;
    ChangedPages& pages_;
    // The heap's bytes after the last step: region and records, and the window.
    std::span<std::byte> committed_;
    // What the pages of blocks in a window hold has a store of its own: most windows are nearly
    // empty, and a copy of all 64 MiB would be out of proportion.
    PageStore store_{{}};
    PageCopies window_;
    // Set where the store was full: the copy of the window is not what the window was.
    bool is_lost_ = false;
    bool is_lent_ = false;
    Heap::State last_state_;
    // So many changes observers of the heap had been told of by then.
    std::uint64_t told_;
    std::array<std::span<std::byte>, 2> hole_map_memory_;
    std::array<Snapshot, most_snapshots> snapshots_{};
    std::size_t snapshot_count_ = 0;
    std::size_t snapshot_capacity_ = 0;
    PageStore snapshot_store_{{}};
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
