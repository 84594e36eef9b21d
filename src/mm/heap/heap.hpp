// SPDX-License-Identifier: MIT
// The heap: a lock, the design in use, and the ledger that judges what is asked of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/function_ref.hpp"
#include "mm/heap/damage/damage_detector.hpp"
#include "mm/heap/damage/hole_judge.hpp"
#include "mm/heap/design_family.hpp"
#include "mm/heap/design_slot.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/page_control.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/heap_memory.hpp"
#include "mm/heap/heap_observer.hpp"
#include "mm/heap/heap_stats.hpp"
#include "mm/heap/ledger/ledger.hpp"
#include "mm/heap/observers.hpp"
#include "mm/heap/spinlock.hpp"

namespace heap44::mm {

class BareDesign;
struct Gap;
struct TreeNode;

/// One heap: a design that places blocks, and around it what makes the heap a lesson.
///
///     request --> lock --> detector --> design --> ledger --> detector --> unlock --> observers
///                          damage?    places     writes     fills                 are told
///
/// The ledger is the truth about blocks: callers hand in a `Block` of it, never a bare address, so
/// every pointer was judged before. The design is an alternative of a variant (any_design.hpp) and
/// is called through std::visit: no virtual call, and each operation is compiled once for each
/// design, in the files that define this class and nowhere else.
///
/// Invariant: outside of an operation design, ledger and detector agree about every byte; a request
/// that fails changes nothing but the count of failures.
class Heap {
public:
    /// `region` and `memory` are mapped; `memory` is aligned to 64 and holds
    /// `memory_needed(region.size(), window size)` bytes: the ledger, and what designs keep beside
    /// the region. Under a design that needs a window (`WindowDesign`), that is the heap, and
    /// `region` lies idle; without a window such designs cannot be selected.
    Heap(std::span<std::byte> region, std::span<std::byte> memory,
         std::optional<Window> window = std::nullopt);

    [[nodiscard]] static std::size_t memory_needed(std::size_t region_size,
                                                   std::size_t window_size = 0);

    // --- what changes the heap; `caller` is the code address that the ledger names ---

    /// A new block, or null where no hole fits. The alignment must be valid.
    const Block* allocate(Layout layout, std::uint64_t caller, Fill fill = Fill::none,
                          Block::Form form = Block::Form::none);
    /// `count` new blocks, or none at all: the number of those that would have fitted. Their
    /// numbers follow each other and end with the ledger's last.
    std::size_t allocate_all(std::size_t count, Layout layout, std::uint64_t caller, Fill fill);
    /// Frees a live block of the ledger's.
    void free(const Block& block, std::uint64_t caller);
    /// Resizes a live block, moving it if need be; it keeps number and name. Null changes nothing.
    const Block* reallocate(const Block& block, std::size_t new_size, std::uint64_t caller);
    void set_name(const Block& block, std::string_view name);
    /// Empties the heap and forgets every block, number, name, mark and count. Design and policy
    /// stay.
    void reset();
    /// `reset` with another design and the default policy; `guard` matters where the design has
    /// one. False where there is none of this name, or none that this heap can have.
    bool select(std::string_view design, GuardSide guard = GuardSide::behind);
    /// `reset` with another policy. False where the design in use has none.
    bool set_policy(Policy policy);

    /// Empties the heap and calls `work(BareDesign&, scratch)` with the design by itself, for
    /// measurements: no lock, no ledger. `scratch` is aligned to 8, as large as the region, and
    /// lies beside it. Afterwards the heap is empty again; where `work` is abandoned, the caller
    /// has to empty it.
    void lend_design(FunctionRef<void(BareDesign&, std::span<std::byte>)> work);

    // --- damage; an operation that would follow a hole's broken words ends in a panic ---

    [[nodiscard]] bool is_poisoning() const { return detector_.is_poisoning(); }
    /// Whether free memory and padding are to be filled and watched: a switch, and no part of a
    /// state. The words in the holes are watched always; they must be sound when this is called.
    void set_poisoning(bool on);
    /// Whether they are: not while a state from before the switch was set has come back.
    [[nodiscard]] bool is_watching_free() const { return detector_.is_watching_free(); }
    /// What operations found, and put right, since it was emptied last.
    [[nodiscard]] DamageLog& damages() { return detector_.log(); }
    [[nodiscard]] std::optional<BrokenWord> find_broken_word() const;
    void for_each_broken_word(FunctionRef<void(const BrokenWord&)> visit) const;
    /// What the next operations there would find: other bytes that were changed.
    void for_each_damage(FunctionRef<void(const Damage&)> visit) const;
    /// Gives every hole its true words back, and free memory and padding their pattern.
    Repair repair() { return detector_.repair(ledger_); }
    /// The words that the design in use keeps in its holes.
    [[nodiscard]] std::span<const HoleField> hole_fields() const;

    // --- what only looks ---

    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] VirtAddr start() const { return address_of(region_.data()); }
    [[nodiscard]] VirtAddr end() const { return start() + region_.size(); }
    [[nodiscard]] std::size_t size() const { return region_.size(); }
    [[nodiscard]] HeapStats stats() const;
    /// What the holes should not hold: the blocks, and what the design needs for itself.
    [[nodiscard]] std::size_t used_bytes() const;
    [[nodiscard]] std::string_view design() const;
    /// Nothing where the design in use has none.
    [[nodiscard]] std::optional<Policy> policy() const;
    [[nodiscard]] std::optional<GuardSide> guard() const;
    /// Calls `visit(Hole)` for each hole in the design's order until it answers false. Each hole is
    /// judged by the ledger before its `next` is followed: at the first that cannot be true the
    /// walk ends, and that is the answer.
    std::optional<HoleFault> for_each_hole(FunctionRef<bool(const Hole&)> visit) const;
    /// Calls `visit(TreeNode)` for each node of the design's tree, as it tells of them. False where
    /// the design in use keeps none.
    bool for_each_node(FunctionRef<void(const TreeNode&)> visit) const;
    /// Where the search for a hole begins, if not at the first.
    [[nodiscard]] std::optional<VirtAddr> search_start() const;
    /// Places a block of this layout, calls `look(address)` (null where none fits), and takes all
    /// back, to the byte. The ledger is not told.
    void try_place(Layout layout, FunctionRef<void(const std::byte*)> look);

    /// Why no such block would come from this hole, in words; empty where one would.
    [[nodiscard]] std::string_view obstacle(const Hole& hole, Layout layout) const;
    /// Whether `count` blocks, 1 or more, would fit into one hole of `size` bytes at the heap's
    /// start.
    [[nodiscard]] bool would_fit(std::size_t size, Layout layout, std::size_t count) const;

    /// The holes that the last `for_each_hole` came to.
    [[nodiscard]] const HoleMap& hole_map() const { return hole_map_; }
    /// A map without holes of the heap as it is now, in `hole_map_bytes` of memory.
    [[nodiscard]] HoleMap make_hole_map(std::span<std::byte> memory) const;
    /// Enough for a map of the region, or of the window.
    [[nodiscard]] std::size_t hole_map_bytes() const;

    // --- what only a design with a window has; nothing, or 0, under the others ---

    /// What there is at an address that is neither in a block nor in a hole; nothing in a hole.
    [[nodiscard]] std::optional<Gap> gap_at(VirtAddr address) const;
    /// How many freed blocks had to give up their addresses, because the window was used up.
    [[nodiscard]] std::uint64_t reused_count() const;
    /// Whether the heap is the window, of which only a part is mapped.
    [[nodiscard]] bool is_window() const { return arena_ == Arena::window; }
    /// Calls `visit(start, pages)` for each run of pages of the window that is mapped now.
    void for_each_mapped(FunctionRef<void(VirtAddr, std::size_t)> visit) const;

    /// Remembers the newest block's number, for `leaks`.
    void mark() { mark_ = ledger_.last_number(); }
    [[nodiscard]] std::uint64_t marked_number() const { return mark_; }

    /// The number of the command under way, which the ledger notes with each block.
    void set_command(std::uint64_t command) { command_ = command; }

    /// Another command was typed: what changes from now on, also in the commands that it runs, is
    /// its doing.
    void set_typed_command(std::uint64_t command) { typed_command_ = command; }
    /// The last typed command that changed the heap: what happened since its number is its doing.
    [[nodiscard]] std::uint64_t changed_since() const { return changed_since_; }

    // --- who watches, and who plans trouble ---

    /// Tells `observer` of each change and each failure from now on, once it is over and the lock
    /// is free. Adding one that watches already, or removing one that does not, does nothing.
    void add_observer(HeapObserver& observer) { observers_.add(observer); }
    void remove_observer(HeapObserver& observer) { observers_.remove(observer); }
    /// A typed command is over. Whoever watches is told of that even where nothing else was to be
    /// told: a stray write, too, may have changed a hole's words.
    void end_command() { observers_.end_command(*this); }
    /// How many changes observers were told of.
    [[nodiscard]] std::uint64_t changes_told() const { return observers_.changes_told(); }
    /// Lets the `count`-th allocation or reallocation from now fail, once; 0 cancels that.
    void fail_after(std::uint64_t count) { fails_in_ = count; }
    [[nodiscard]] std::uint64_t fails_in() const { return fails_in_; }
    /// Why the last request, which was for this layout, failed; nothing has changed since.
    [[nodiscard]] Failure::Reason failure_reason(Layout layout) const;

    // --- going back in time ---

    /// All that the heap is beside the bytes of `region()` and `records()`: with these it is the
    /// heap as it was. The lock and the time are the present's.
    struct State {
        DesignSlot design;
        Ledger ledger;
        DamageDetector::Mode watching;
        std::uint64_t mark;
        std::uint64_t allocations;
        std::uint64_t frees;
        std::uint64_t failures;
        std::size_t peak_used;
        std::uint64_t changed_since;

        [[nodiscard]] Arena arena() const { return design_arena(design_index(design)); }
    };
    [[nodiscard]] State state() const {
        return {design_, ledger_,   detector_.mode(), mark_,         allocations_,
                frees_,  failures_, peak_used_,       changed_since_};
    }
    void set_state(const State& state);
    /// Takes away the pages of all blocks in a window, and gives them zeroed ones. Whoever puts
    /// another state back unmaps first, while the old records stand, and maps when the new ones do.
    void unmap_all();
    void map_all();
    /// Tells whoever watches that what they were told lately did not happen.
    void tell_set_back();
    [[nodiscard]] std::span<std::byte> region() const { return own_region_; }
    /// What design, ledger and detector keep beside the region.
    [[nodiscard]] std::span<std::byte> records() const { return memory_.records(); }
    /// The addresses of a design that needs a window.
    [[nodiscard]] const std::optional<Window>& window() const { return window_; }

    // --- the lock, for the lesson about interrupts and for what was abandoned half-way ---

    [[nodiscard]] Spinlock& lock() { return lock_; }
    /// Frees the lock after its holder was abandoned. Blocks that `allocate_all` leaves behind then
    /// stay, so they are told.
    void recover();

private:
    Heap(std::span<std::byte> region, HeapMemory memory, std::optional<Window> window);

    void lay_out(Arena arena);
    /// Takes away pages that the block has mapped; nothing, where designs map none.
    void withdraw(const std::byte* block, Layout layout);
    void start_afresh();
    void forget_newest(std::size_t count);
    void note_peak();
    /// What is to be told, as it is now; made only where somebody watches.
    [[nodiscard]] HeapEvent event(HeapEvent::Kind kind, const Block* block,
                                  std::uint64_t caller) const;
    [[nodiscard]] HeapEvent failure(Layout layout, std::size_t count, const Block* resized,
                                    std::uint64_t caller, Fill fill = Fill::none) const;
    /// These free the lock before they tell.
    void tell(SpinlockGuard& guard, const HeapEvent& event);
    [[gnu::cold]] void tell_allocation(SpinlockGuard& guard, const Block* added, Layout layout,
                                       std::uint64_t caller, Fill fill);
    [[gnu::cold]] void tell_free(SpinlockGuard& guard, const Block& freed, std::uint64_t caller);
    [[gnu::cold]] void tell_resize(SpinlockGuard& guard, const Block* resized, const Block& block,
                                   Layout wanted, Origin from, std::uint64_t caller);
    /// Something changed, and no lock is held.
    void note(HeapEvent::Kind kind, const Block* block = nullptr);
    /// Blocks of one request: these numbers up to the newest.
    struct Batch {
        std::uint64_t first;
        std::uint64_t caller;
        Fill fill;
    };
    void tell_batch();
    [[nodiscard]] bool must_fail() {
        known_reason_.reset();
        if (fails_in_ == 1) known_reason_ = Failure::Reason::failafter;
        if (fails_in_ > 0) --fails_in_;
        return known_reason_.has_value();
    }
    void note_lack_of_memory(Layout layout);
    /// The part of the heap that can be copied as a whole.
    [[nodiscard]] std::span<std::byte> mapped_region() const {
        return is_window() ? std::span<std::byte>{} : region_;
    }

    // The heap as it is now: the region that it was made with, or the window.
    std::span<std::byte> region_;
    Arena arena_ = Arena::region;
    const std::span<std::byte> own_region_;
    const std::optional<Window> window_;
    const HeapMemory memory_;
    HeapMemory::Parts parts_;
    Ledger ledger_;
    DamageDetector detector_;
    // Scratch memory of a walk over the holes: that changes nothing that can be seen.
    mutable HoleMap hole_map_;
    DesignSlot design_;
    Spinlock lock_;
    std::uint64_t mark_ = 0;
    std::uint64_t command_ = 0;
    std::uint64_t allocations_ = 0;
    std::uint64_t frees_ = 0;
    std::uint64_t failures_ = 0;
    std::size_t peak_used_ = 0;
    Observers observers_;
    // Those of `allocate_all` that nobody was told of yet: it is open whether they will stay.
    std::optional<Batch> batch_;
    std::uint64_t typed_command_ = 0;
    std::uint64_t changed_since_ = 0;
    std::uint64_t fails_in_ = 0;
    // Why the last request failed, where the heap does not tell any more.
    std::optional<Failure::Reason> known_reason_;
};

}  // namespace heap44::mm
