// SPDX-License-Identifier: MIT
#include "mm/heap/heap.hpp"

#include <algorithm>

#include "lib/panic.hpp"
#include "mm/heap/any_design.hpp"
#include "mm/heap/bare_design.hpp"

namespace heap44::mm {

namespace {

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

}  // namespace

std::size_t Heap::memory_needed(std::size_t region_size, std::size_t window_size) {
    return HeapMemory::bytes_needed(region_size, window_size);
}

Heap::Heap(std::span<std::byte> region, std::span<std::byte> memory, std::optional<Window> window)
    : Heap(region, HeapMemory(memory, region.size(), window ? window->size : 0), window) {}

Heap::Heap(std::span<std::byte> region, HeapMemory memory, std::optional<Window> window)
    : region_(region),
      own_region_(region),
      window_(window),
      memory_(memory),
      parts_(memory.parts(Arena::region)),
      ledger_(parts_.ledger, start(), size()),
      detector_(parts_.detector, region),
      hole_map_(parts_.hole_map, start(), size()) {
    make_design(design_, 0, region_, parts_.metadata, window_);
    start_afresh();
}

/// `select` would give a tuned list the default policy, so it is made anew with its own; so is a
/// window, with its guard.
void Heap::reset() {
    if (const auto* tuned = std::get_if<PolicyList>(&design_in(design_))) {
        design_in(design_).emplace<PolicyList>(region_, tuned->policy());
        start_afresh();
    } else {
        (void)select(design(), guard().value_or(GuardSide::behind));
    }
}

bool Heap::select(std::string_view design, GuardSide guard) {
    const auto index = design_index(design);
    if (!index) return false;
    const Arena arena = design_arena(*index);
    // All that can be refused comes before the first change.
    if (arena == Arena::window && !window_) return false;
    // While the old design still knows its pages.
    unmap_all();
    if (arena != arena_) {
        lay_out(arena);
        ledger_ = Ledger(parts_.ledger, start(), size(), HeapMemory::granule(arena));
        // The window's records lay where the detector's are.
        if (arena == Arena::region) detector_.clear();
    }
    make_design(design_, *index, region_, parts_.metadata, window_, guard);
    start_afresh();
    return true;
}

/// Makes the region or the window the heap, and cuts the memory beside it accordingly.
void Heap::lay_out(Arena arena) {
    arena_ = arena;
    region_ = is_window() ? std::span(pointer_to(window_->start), window_->size) : own_region_;
    parts_ = memory_.parts(arena);
    hole_map_ = make_hole_map(parts_.hole_map);
}

HoleMap Heap::make_hole_map(std::span<std::byte> memory) const {
    return {memory, start(), size(), HeapMemory::granule(arena_)};
}

void Heap::unmap_all() {
    for_each_mapped([&](VirtAddr start, std::size_t pages) { window_->pages.unmap(start, pages); });
}

void Heap::map_all() {
    for_each_mapped([&](VirtAddr start, std::size_t pages) {
        if (!window_->pages.map(start, pages)) {
            panic(PanicKind::panic, "there is no memory for pages that there was memory for");
        }
    });
}

/// With the default policy it is the plain list again, which walks less, and whose holes the
/// detector knows without a walk.
bool Heap::set_policy(Policy policy) {
    if (!this->policy()) return false;
    if (policy == Policy{}) {
        design_in(design_).emplace<LinkedList>(region_);
    } else {
        design_in(design_).emplace<PolicyList>(region_, policy);
    }
    start_afresh();
    return true;
}

/// The heap is new: all counts begin again, and whoever watches is told of a reset.
void Heap::start_afresh() {
    ledger_.clear();
    std::visit([&](const auto& design) { detector_.begin(design, ledger_); }, design_in(design_));
    mark_ = allocations_ = frees_ = failures_ = 0;
    peak_used_ = used_bytes();
    note(HeapEvent::Kind::reset);
}

void Heap::set_poisoning(bool on) {
    std::visit([&](const auto& design) { detector_.set_poisoning(on, design, ledger_); },
               design_in(design_));
}

void Heap::lend_design(FunctionRef<void(BareDesign&, std::span<std::byte>)> work) {
    reset();
    std::visit(
        [&](auto& design) {
            BareDesignOf bare(design);
            work(bare, parts_.checkpoint.first(size()));
        },
        design_in(design_));
    reset();
}

/// The bytes of region and records are not its business: whoever calls has put them back, or does
/// so next.
void Heap::set_state(const State& state) {
    if (state.arena() != arena_) lay_out(state.arena());
    design_ = state.design;
    ledger_ = state.ledger;
    detector_.set_mode(state.watching);
    mark_ = state.mark;
    allocations_ = state.allocations;
    frees_ = state.frees;
    failures_ = state.failures;
    peak_used_ = state.peak_used;
    changed_since_ = state.changed_since;
}

void Heap::tell_set_back() {
    note(HeapEvent::Kind::set_back);
}

}  // namespace heap44::mm
