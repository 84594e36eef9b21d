// SPDX-License-Identifier: MIT
#include "mm/heap/heap.hpp"

#include <algorithm>
#include <array>
#include <concepts>

#include "lib/align.hpp"
#include "mm/heap/checkpoint.hpp"

namespace heap44::mm {

namespace {

constexpr std::size_t design_count = std::variant_size_v<AnyDesign>;

template <std::size_t... Index>
constexpr auto names_of(std::index_sequence<Index...>) {
    return std::array<std::string_view, sizeof...(Index)>{
        std::variant_alternative_t<Index, AnyDesign>::name...};
}
constexpr auto all_indices = std::make_index_sequence<design_count>();
// Of two designs of one name the first answers to it.
constexpr auto names_by_index = names_of(all_indices);
constexpr auto first_with_name = [](std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names_by_index, name) -
                                    names_by_index.begin());
};
constexpr auto different_names = [] {
    struct {
        std::array<std::string_view, design_count> names;
        std::size_t count = 0;
    } result;
    for (std::size_t index = 0; index < design_count; ++index) {
        const std::string_view name = names_by_index[index];
        if (first_with_name(name) == index) result.names[result.count++] = name;
    }
    return result;
}();

/// Whether a design has the region for its heap, or a window of its own.
enum class Place : std::uint8_t { region, window };

template <class D>
constexpr Place place_of = WindowDesign<D> ? Place::window : Place::region;

template <class D>
constexpr std::size_t metadata_of(Place place, std::size_t size) {
    if constexpr (requires { D::metadata_bytes(size); }) {
        if (place == place_of<D>) return D::metadata_bytes(size);
    }
    return 0;
}

template <std::size_t... Index>
std::size_t largest_metadata(Place place, std::size_t size, std::index_sequence<Index...>) {
    return std::max({metadata_of<std::variant_alternative_t<Index, AnyDesign>>(place, size)...});
}

template <std::size_t... Index>
constexpr auto places_of(std::index_sequence<Index...>) {
    return std::array<Place, sizeof...(Index)>{
        place_of<std::variant_alternative_t<Index, AnyDesign>>...};
}
constexpr auto place_by_index = places_of(all_indices);

/// Makes the design of the given name in `design`.
template <std::size_t Index>
bool emplace_if_named(AnyDesign& design, std::string_view name, std::span<std::byte> region,
                      std::span<std::byte> metadata, const std::optional<Window>& window) {
    using D = std::variant_alternative_t<Index, AnyDesign>;
    if (name != D::name) return false;
    if constexpr (std::constructible_from<D, std::span<std::byte>>) {
        design.emplace<Index>(region);
    } else if constexpr (WindowDesign<D>) {
        design.emplace<Index>(region, metadata, window->pages);
    } else {
        design.emplace<Index>(region, metadata);
    }
    return true;
}

template <std::size_t... Index>
void emplace_named(AnyDesign& design, std::string_view name, std::span<std::byte> region,
                   std::span<std::byte> metadata, const std::optional<Window>& window,
                   std::index_sequence<Index...>) {
    (void)(emplace_if_named<Index>(design, name, region, metadata, window) || ...);
}

std::size_t metadata_room(Place place, std::size_t size) {
    return align_up(largest_metadata(place, size, all_indices), alignof(std::uint64_t));
}

// In a window at most one block starts on a page, and behind it is a page that has none.
constexpr std::size_t granule_in(Place place) {
    return place == Place::window ? page_size : HoleMap::granule;
}

/// What changes when blocks come and go: metadata, ledger and, for the region, the warden.
std::size_t records_needed(Place place, std::size_t size) {
    return metadata_room(place, size) + Ledger::bytes_needed(size, granule_in(place)) +
           (place == Place::region ? Warden::bytes_needed(size) : 0);
}

std::size_t records_room(std::size_t region_size, std::size_t window_size) {
    return std::max(records_needed(Place::region, region_size),
                    records_needed(Place::window, window_size));
}

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

/// What lies in a heap's memory, one behind the other: the records, the hole map, the checkpoint.
struct Parts {
    std::span<std::byte> metadata;
    std::span<std::byte> ledger;
    std::span<std::byte> hole_map;
    std::span<std::byte> checkpoint;
};

Parts cut(std::span<std::byte> memory, std::size_t records, Place place, std::size_t size) {
    const std::size_t hole_map = HoleMap::bytes_needed(size, granule_in(place));
    return {.metadata = memory.first(metadata_room(place, size)),
            .ledger = memory.subspan(metadata_room(place, size)),
            .hole_map = memory.subspan(records),
            .checkpoint = memory.subspan(records + hole_map)};
}

}  // namespace

std::span<const std::string_view> design_names() {
    return std::span(different_names.names).first(different_names.count);
}

bool uses_window(std::string_view design) {
    const std::size_t index = first_with_name(design);
    return index < design_count && place_by_index[index] == Place::window;
}

double HeapStats::fragmentation() const {
    if (free == 0) return 0;
    return 1 - static_cast<double>(largest) / static_cast<double>(free);
}

std::size_t Heap::memory_needed(std::size_t region_size, std::size_t window_size) {
    const auto needed = [](Place place, std::size_t size, std::size_t copied) {
        return HoleMap::bytes_needed(size, granule_in(place)) +
               Checkpoint::bytes_needed(copied, metadata_room(place, size));
    };
    return records_room(region_size, window_size) +
           std::max(needed(Place::region, region_size, region_size),
                    needed(Place::window, window_size, 0));
}

Heap::Heap(std::span<std::byte> region, std::span<std::byte> memory, std::optional<Window> window)
    : region_(region),
      own_region_(region),
      window_(window),
      memory_(memory),
      records_(memory.first(records_room(region.size(), window ? window->size : 0))),
      ledger_(cut(memory, records_.size(), Place::region, region.size()).ledger, start(), size()),
      warden_(memory.subspan(records_needed(Place::region, size()) - Warden::bytes_needed(size()),
                             Warden::bytes_needed(size())),
              region),
      hole_map_(cut(memory, records_.size(), Place::region, region.size()).hole_map, start(),
                size()),
      metadata_(cut(memory, records_.size(), Place::region, region.size()).metadata),
      checkpoint_memory_(cut(memory, records_.size(), Place::region, region.size()).checkpoint),
      design_(std::in_place_index<0>, region) {
    start_afresh();
}

const Block* Heap::allocate(Layout layout, std::uint64_t caller, Fill fill) {
    const SpinlockGuard guard(lock_, caller);
    return std::visit(
        [&](auto& design) -> const Block* {
            std::byte* block = nullptr;
            if (ledger_.has_room() && !must_fail()) {
                warden_.before_allocation(design, ledger_, layout, caller);
                block = fill == Fill::zero ? mm::allocate_zeroed(design, layout)
                                           : design.allocate(layout);
            }
            if (block == nullptr) {
                ++failures_;
                return nullptr;
            }
            ++allocations_;
            const Block& added =
                ledger_.add(address_of(block), layout, design.block_size(layout), caller, time_);
            warden_.settle(design, ledger_, added.address, added.end());
            note_peak();
            note(HeapEvent::Kind::allocate, &added, caller, fill);
            return &added;
        },
        design_);
}

void Heap::free(const Block& block, std::uint64_t caller) {
    const SpinlockGuard guard(lock_, caller);
    std::visit(
        [&](auto& design) {
            warden_.before_free(design, ledger_, block, caller);
            design.deallocate(pointer_to(block.address), block.layout);
            ledger_.remove(block, caller, time_);
            warden_.settle(design, ledger_, block.address, block.end());
        },
        design_);
    ++frees_;
    note(HeapEvent::Kind::free, &block, caller);
}

const Block* Heap::reallocate(const Block& block, std::size_t new_size, std::uint64_t caller) {
    const SpinlockGuard guard(lock_, caller);
    return std::visit(
        [&](auto& design) -> const Block* {
            const Layout wanted{new_size, block.layout.align};
            warden_.before_resize(design, ledger_, block, wanted, caller);
            const VirtAddr old_start = block.address;
            const VirtAddr old_end = block.end();
            std::byte* moved = must_fail() ? nullptr
                                           : mm::reallocate(design, pointer_to(block.address),
                                                            block.layout, new_size);
            if (moved == nullptr) {
                ++failures_;
                return nullptr;
            }
            ++allocations_;
            ++frees_;
            const Block& resized = ledger_.resize(block, address_of(moved), new_size,
                                                  design.block_size(wanted), caller, time_);
            warden_.settle(design, ledger_, old_start, old_end);
            warden_.settle(design, ledger_, resized.address, resized.end());
            note_peak();
            note(HeapEvent::Kind::reallocate, &resized, caller);
            return &resized;
        },
        design_);
}

std::size_t Heap::allocate_all(std::size_t count, Layout layout, std::uint64_t caller, Fill fill) {
    // One request needs no way back: a design that fails it has changed nothing.
    if (count == 1) return allocate(layout, caller, fill) != nullptr ? 1 : 0;
    const std::size_t peak = peak_used_;
    const Checkpoint before(design_, mapped_region(), metadata_, checkpoint_memory_);
    // Nobody is told of blocks that may yet be taken back.
    holds_back_ = true;
    std::size_t fitted = 0;
    while (fitted < count && allocate(layout, caller, fill) != nullptr) ++fitted;
    holds_back_ = false;
    if (fitted < count) {
        for (std::size_t back = 0; back < fitted; ++back) {
            const Block& block = *ledger_.with_number(ledger_.last_number() - back);
            withdraw(pointer_to(block.address), block.layout);
        }
        before.restore(design_);
        forget_newest(fitted);
        peak_used_ = peak;
        return fitted;
    }
    const std::uint64_t last = ledger_.last_number();
    for (std::uint64_t number = last - count + 1; number <= last; ++number) {
        note(HeapEvent::Kind::allocate, ledger_.with_number(number), caller, fill);
    }
    return count;
}

// The newest blocks become ones that were never asked for.
void Heap::forget_newest(std::size_t count) {
    for (std::size_t left = count; left > 0; --left) {
        const Block& newest = *ledger_.with_number(ledger_.last_number());
        warden_.forget(newest);
        ledger_.take_back(newest);
        --allocations_;
    }
    std::visit([&](const auto& design) { warden_.learn(design); }, design_);
}

void Heap::set_name(const Block& block, std::string_view name) {
    ledger_.set_name(block, name);
    note(HeapEvent::Kind::name, &block, 0);
}

void Heap::reset() {
    if (const auto* tuned = std::get_if<PolicyList>(&design_)) {
        design_.emplace<PolicyList>(region_, tuned->policy());
        start_afresh();
    } else {
        (void)select(design());
    }
}

bool Heap::select(std::string_view design) {
    const std::size_t index = first_with_name(design);
    if (index == design_count) return false;
    const bool into_window = place_by_index[index] == Place::window;
    if (into_window && !window_) return false;
    unmap_all();
    if (into_window != in_window_) move(into_window);
    emplace_named(design_, design, region_, metadata_, window_, all_indices);
    start_afresh();
    return true;
}

/// The records are laid out anew, for the one or the other.
void Heap::move(bool into_window) {
    in_window_ = into_window;
    region_ = into_window ? std::span(pointer_to(window_->start), window_->size) : own_region_;
    const Place place = into_window ? Place::window : Place::region;
    const Parts parts = cut(memory_, records_.size(), place, size());
    metadata_ = parts.metadata;
    checkpoint_memory_ = parts.checkpoint;
    ledger_ = Ledger(parts.ledger, start(), size(), granule_in(place));
    hole_map_ = HoleMap(parts.hole_map, start(), size(), granule_in(place));
    if (into_window) return;
    // The window's records lay where the warden's are.
    const Warden::Mode mode = warden_.mode();
    const std::size_t room = Warden::bytes_needed(size());
    warden_ = Warden(memory_.subspan(records_needed(place, size()) - room, room), region_);
    warden_.set_mode(mode);
}

void Heap::unmap_all() {
    for_each_mapped([&](VirtAddr start, std::size_t pages) { window_->pages.unmap(start, pages); });
}

// What a block has mapped is no part of what a checkpoint brings back.
void Heap::withdraw(const std::byte* block, Layout layout) {
    std::visit(
        [&](auto& design) {
            if constexpr (requires { design.withdraw(block, layout); }) {
                design.withdraw(block, layout);
            }
        },
        design_);
}

std::optional<Gap> Heap::gap_at(VirtAddr place) const {
    return std::visit(
        [&](const auto& design) -> std::optional<Gap> {
            if constexpr (requires { design.gap_at(pointer_to(place)); }) {
                return design.gap_at(pointer_to(place));
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

void Heap::start_afresh() {
    ledger_.clear();
    std::visit([&](const auto& design) { warden_.begin(design, ledger_); }, design_);
    mark_ = allocations_ = frees_ = failures_ = 0;
    peak_used_ = used_bytes();
    note(HeapEvent::Kind::reset, nullptr, 0);
}

void Heap::set_poisoning(bool on) {
    std::visit([&](const auto& design) { warden_.set_poisoning(on, design, ledger_); }, design_);
}

std::optional<BrokenWord> Heap::find_broken_word() const {
    return warden_.find_broken_word(hole_fields());
}

std::span<const HoleField> Heap::hole_fields() const {
    return std::visit(
        []<class D>(const D&) -> std::span<const HoleField> {
            if constexpr (tells_its_words<D>) return D::hole_fields;
            return {};
        },
        design_);
}

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
    return names_by_index[design_.index()];
}

std::optional<Policy> Heap::policy() const {
    if (const auto* tuned = std::get_if<PolicyList>(&design_)) return tuned->policy();
    if (std::holds_alternative<LinkedList>(design_)) return Policy{};
    return std::nullopt;
}

std::size_t Heap::used_bytes() const {
    return std::visit(
        [&](const auto& design) -> std::size_t {
            if constexpr (requires { design.used_bytes(size()); }) return design.used_bytes(size());
            return ledger_.taken_bytes();
        },
        design_);
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

void Heap::note(HeapEvent::Kind kind, const Block* block, std::uint64_t caller, Fill fill) {
    if (holds_back_) return;
    changed_since_ = typed_;
    if (observer_ == nullptr) return;
    HeapEvent event{.kind = kind, .caller = caller, .command = time_, .zeroed = fill == Fill::zero};
    if (block != nullptr) event.block = *block;
    event.design = design();
    event.policy = policy();
    observer_->note(event);
}

void Heap::set_state(const State& state) {
    design_ = state.design;
    ledger_ = state.ledger;
    warden_.set_mode(state.watching);
    mark_ = state.mark;
    allocations_ = state.allocations;
    frees_ = state.frees;
    failures_ = state.failures;
    peak_used_ = state.peak_used;
}

void Heap::tell_set_back() {
    note(HeapEvent::Kind::set_back, nullptr, 0);
}

std::string_view Heap::State::why_no_undo() const {
    return std::visit(
        [](const auto& each) -> std::string_view {
            if constexpr (requires { each.why_no_undo; }) return each.why_no_undo;
            return {};
        },
        design);
}

void Heap::note_peak() {
    peak_used_ = std::max(peak_used_, used_bytes());
}

}  // namespace heap44::mm
