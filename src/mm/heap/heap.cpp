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

template <class D>
constexpr std::size_t metadata_of(std::size_t region_size) {
    if constexpr (requires { D::metadata_bytes(region_size); })
        return D::metadata_bytes(region_size);
    return 0;
}

template <std::size_t... Index>
std::size_t largest_metadata(std::size_t region_size, std::index_sequence<Index...>) {
    return std::max({metadata_of<std::variant_alternative_t<Index, AnyDesign>>(region_size)...});
}

/// Makes the design of the given name in `design`; false where there is none.
template <std::size_t Index>
bool emplace_if_named(AnyDesign& design, std::string_view name, std::span<std::byte> region,
                      std::span<std::byte> metadata) {
    using D = std::variant_alternative_t<Index, AnyDesign>;
    if (name != D::name) return false;
    if constexpr (std::constructible_from<D, std::span<std::byte>>) {
        design.emplace<Index>(region);
    } else {
        design.emplace<Index>(region, metadata);
    }
    return true;
}

template <std::size_t... Index>
bool emplace_named(AnyDesign& design, std::string_view name, std::span<std::byte> region,
                   std::span<std::byte> metadata, std::index_sequence<Index...>) {
    return (emplace_if_named<Index>(design, name, region, metadata) || ...);
}

std::size_t metadata_room(std::size_t region_size) {
    return align_up(largest_metadata(region_size, all_indices), alignof(std::uint64_t));
}

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

}  // namespace

std::span<const std::string_view> design_names() {
    return std::span(different_names.names).first(different_names.count);
}

double HeapStats::fragmentation() const {
    if (free == 0) return 0;
    return 1 - static_cast<double>(largest) / static_cast<double>(free);
}

std::size_t Heap::memory_needed(std::size_t region_size) {
    const std::size_t metadata = metadata_room(region_size);
    return metadata + Ledger::bytes_needed(region_size) + HoleMap::bytes_needed(region_size) +
           Checkpoint::bytes_needed(region_size, metadata);
}

// What lies in `memory`, one behind the other: metadata, ledger, hole map, checkpoint.
Heap::Heap(std::span<std::byte> region, std::span<std::byte> memory)
    : region_(region),
      ledger_(memory.subspan(metadata_room(region.size())), address_of(region.data()),
              region.size()),
      hole_map_(memory.subspan(metadata_room(region.size()) + Ledger::bytes_needed(region.size())),
                address_of(region.data()), region.size()),
      metadata_(memory.first(metadata_room(region.size()))),
      checkpoint_memory_(memory.first(memory_needed(region.size()))
                             .last(Checkpoint::bytes_needed(region.size(), metadata_.size()))),
      design_(std::in_place_index<0>, region) {}

const Block* Heap::allocate(Layout layout, std::uint64_t caller, Fill fill) {
    const SpinlockGuard guard(lock_, caller);
    return std::visit(
        [&](auto& design) -> const Block* {
            std::byte* block = nullptr;
            if (ledger_.has_room()) {
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
            note_peak();
            return &added;
        },
        design_);
}

void Heap::free(const Block& block, std::uint64_t caller) {
    const SpinlockGuard guard(lock_, caller);
    std::visit([&](auto& design) { design.deallocate(pointer_to(block.address), block.layout); },
               design_);
    ledger_.remove(block, caller, time_);
    ++frees_;
}

const Block* Heap::reallocate(const Block& block, std::size_t new_size, std::uint64_t caller) {
    const SpinlockGuard guard(lock_, caller);
    return std::visit(
        [&](auto& design) -> const Block* {
            std::byte* moved =
                mm::reallocate(design, pointer_to(block.address), block.layout, new_size);
            if (moved == nullptr) {
                ++failures_;
                return nullptr;
            }
            ++allocations_;
            ++frees_;
            const std::size_t taken = design.block_size({new_size, block.layout.align});
            const Block& resized =
                ledger_.resize(block, address_of(moved), new_size, taken, caller, time_);
            note_peak();
            return &resized;
        },
        design_);
}

std::size_t Heap::allocate_all(std::size_t count, Layout layout, std::uint64_t caller, Fill fill) {
    // One request needs no way back: a design that fails it has changed nothing.
    if (count == 1) return allocate(layout, caller, fill) != nullptr ? 1 : 0;
    const std::size_t peak = peak_used_;
    const Checkpoint before(design_, region_, metadata_, checkpoint_memory_);
    for (std::size_t fitted = 0; fitted < count; ++fitted) {
        if (allocate(layout, caller, fill) != nullptr) continue;
        before.restore(design_);
        forget_newest(fitted);
        peak_used_ = peak;
        return fitted;
    }
    return count;
}

// The newest blocks become ones that were never asked for.
void Heap::forget_newest(std::size_t count) {
    for (std::size_t left = count; left > 0; --left) {
        ledger_.take_back(*ledger_.with_number(ledger_.last_number()));
        --allocations_;
    }
}

void Heap::set_name(const Block& block, std::string_view name) {
    ledger_.set_name(block, name);
}

void Heap::reset() {
    if (const auto* tuned = std::get_if<PolicyList>(&design_)) {
        design_.emplace<PolicyList>(region_, tuned->policy());
    } else {
        emplace_named(design_, design(), region_, metadata_, all_indices);
    }
    start_afresh();
}

bool Heap::select(std::string_view design) {
    if (!emplace_named(design_, design, region_, metadata_, all_indices)) return false;
    start_afresh();
    return true;
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
    mark_ = allocations_ = frees_ = failures_ = 0;
    peak_used_ = used_bytes();
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

void Heap::note_peak() {
    peak_used_ = std::max(peak_used_, used_bytes());
}

}  // namespace heap44::mm
