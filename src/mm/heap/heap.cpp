// SPDX-License-Identifier: MIT
#include "mm/heap/heap.hpp"

#include <algorithm>

#include "lib/panic.hpp"

namespace heap44::mm {

namespace {

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

}  // namespace

double HeapStats::fragmentation() const {
    if (free == 0) return 0;
    return 1 - static_cast<double>(largest) / static_cast<double>(free);
}

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
      hole_map_(parts_.hole_map, start(), size()),
      design_(std::in_place_index<0>, region) {
    start_afresh();
}

/// `select` would give a tuned list the default policy, so it is made anew with its own.
void Heap::reset() {
    if (const auto* tuned = std::get_if<PolicyList>(&design_)) {
        design_.emplace<PolicyList>(region_, tuned->policy());
        start_afresh();
    } else {
        (void)select(design());
    }
}

bool Heap::select(std::string_view design) {
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
    make_design(design_, *index, region_, parts_.metadata, window_);
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

std::optional<Gap> Heap::gap_at(VirtAddr arena) const {
    return std::visit(
        [&](const auto& design) -> std::optional<Gap> {
            if constexpr (requires { design.gap_at(pointer_to(arena)); }) {
                return design.gap_at(pointer_to(arena));
            }
            return std::nullopt;
        },
        design_);
}

std::uint64_t Heap::reused_count() const {
    return std::visit(
        [](const auto& design) -> std::uint64_t {
            if constexpr (requires { design.reused_count(); }) return design.reused_count();
            return 0;
        },
        design_);
}

/// With the default policy it is the plain list again, which walks less, and whose holes the
/// detector knows without a walk.
bool Heap::set_policy(Policy policy) {
    if (!this->policy()) return false;
    if (policy == Policy{}) {
        design_.emplace<LinkedList>(region_);
    } else {
        design_.emplace<PolicyList>(region_, policy);
    }
    start_afresh();
    return true;
}

/// The heap is new: all counts begin again, and whoever watches is told of a reset.
void Heap::start_afresh() {
    ledger_.clear();
    std::visit([&](const auto& design) { detector_.begin(design, ledger_); }, design_);
    mark_ = allocations_ = frees_ = failures_ = 0;
    peak_used_ = used_bytes();
    note(HeapEvent::Kind::reset);
}

void Heap::set_poisoning(bool on) {
    std::visit([&](const auto& design) { detector_.set_poisoning(on, design, ledger_); }, design_);
}

std::optional<BrokenWord> Heap::find_broken_word() const {
    return detector_.find_broken_word(hole_fields());
}

std::span<const HoleField> Heap::hole_fields() const {
    return std::visit(
        []<class D>(const D&) -> std::span<const HoleField> {
            if constexpr (tells_its_words<D>) return D::hole_fields;
            return {};
        },
        design_);
}

/// Free memory is summed over the holes, not taken from the ledger: so what a design cannot hand
/// out counts as used.
HeapStats Heap::stats() const {
    std::size_t free = 0;
    std::size_t largest = 0;
    std::size_t holes = 0;
    for_each_hole([&](const Hole& hole) {
        free += hole.size;
        largest = std::max(largest, hole.size);
        ++holes;
        return true;
    });
    return {.size = size(),
            .used = size() - free,
            .requested = ledger_.requested_bytes(),
            .free = free,
            .largest = largest,
            .holes = holes,
            .live = ledger_.live_count(),
            .allocations = allocations_,
            .frees = frees_,
            .failures = failures_,
            .peak_used = peak_used_};
}

std::string_view Heap::design() const {
    return design_name(design_.index());
}

std::optional<Policy> Heap::policy() const {
    if (const auto* tuned = std::get_if<PolicyList>(&design_)) return tuned->policy();
    if (std::holds_alternative<LinkedList>(design_)) return Policy{};
    return std::nullopt;
}

std::optional<VirtAddr> Heap::search_start() const {
    return std::visit(
        [](const auto& design) -> std::optional<VirtAddr> {
            if constexpr (requires { design.search_start(); }) {
                const std::byte* start = design.search_start();
                if (start != nullptr) return address_of(start);
            }
            return std::nullopt;
        },
        design_);
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
}

void Heap::tell_set_back() {
    note(HeapEvent::Kind::set_back);
}

}  // namespace heap44::mm
