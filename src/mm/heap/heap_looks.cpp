// SPDX-License-Identifier: MIT
// What one can learn of a heap without changing it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "mm/heap/any_design.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::mm {

// --- the design ---

std::string_view Heap::design() const {
    return design_name(design_index(design_));
}

std::optional<Policy> Heap::policy() const {
    if (const auto* tuned = std::get_if<PolicyList>(&design_in(design_))) return tuned->policy();
    if (std::holds_alternative<LinkedList>(design_in(design_))) return Policy{};
    return std::nullopt;
}

std::optional<GuardSide> Heap::guard() const {
    return std::visit(
        [](const auto& design) -> std::optional<GuardSide> {
            if constexpr (requires { design.guard(); }) return design.guard();
            return std::nullopt;
        },
        design_in(design_));
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
        design_in(design_));
}

// --- the holes ---

std::optional<HoleFault> Heap::for_each_hole(FunctionRef<bool(const Hole&)> visit) const {
    HoleJudge judge(hole_map_, ledger_);
    std::visit(
        [&](const auto& design) {
            design.for_each_hole([&](const Hole& hole) { return judge(hole) && visit(hole); });
        },
        design_in(design_));
    return judge.fault();
}

bool Heap::for_each_node(FunctionRef<void(const TreeNode&)> visit) const {
    return std::visit(
        [&](const auto& design) {
            if constexpr (requires { design.for_each_node(visit); }) {
                design.for_each_node(visit);
                return true;
            }
            return false;
        },
        design_in(design_));
}

std::string_view Heap::obstacle(const Hole& hole, Layout layout) const {
    return std::visit([&](const auto& design) { return mm::obstacle(design, hole, layout); },
                      design_in(design_));
}

bool Heap::would_fit(std::size_t size, Layout layout, std::size_t count) const {
    return std::visit(
        [&](const auto& design) {
            Hole hole{region_.data(), size, nullptr};
            if (!mm::obstacle(design, hole, layout).empty()) return false;
            // Each block takes the hole's start away; whether the last one fits is what matters.
            const std::size_t stride = mm::stride(design, layout);
            if (count - 1 > size / stride) return false;
            hole.size -= (count - 1) * stride;
            return mm::obstacle(design, hole, layout).empty();
        },
        design_in(design_));
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

// --- damage ---

std::span<const HoleField> Heap::hole_fields() const {
    return std::visit(
        []<class D>(const D&) -> std::span<const HoleField> {
            if constexpr (tells_its_words<D>) return D::hole_fields;
            return {};
        },
        design_in(design_));
}

std::optional<BrokenWord> Heap::find_broken_word() const {
    return detector_.find_broken_word(hole_fields());
}

void Heap::for_each_broken_word(FunctionRef<void(const BrokenWord&)> visit) const {
    detector_.for_each_broken_word(hole_fields(), visit);
}

void Heap::for_each_damage(FunctionRef<void(const Damage&)> visit) const {
    detector_.for_each_damage(ledger_, visit);
}

// --- a window ---

std::optional<Gap> Heap::gap_at(VirtAddr address) const {
    return std::visit(
        [&](const auto& design) -> std::optional<Gap> {
            if constexpr (requires {
                              design.gap_at(reinterpret_cast<const std::byte*>(address.value));
                          }) {
                return design.gap_at(reinterpret_cast<const std::byte*>(address.value));
            }
            return std::nullopt;
        },
        design_in(design_));
}

std::uint64_t Heap::reused_count() const {
    return std::visit(
        [](const auto& design) -> std::uint64_t {
            if constexpr (requires { design.reused_count(); }) return design.reused_count();
            return 0;
        },
        design_in(design_));
}

void Heap::for_each_mapped(FunctionRef<void(VirtAddr, std::size_t)> visit) const {
    std::visit(
        [&](const auto& design) {
            if constexpr (requires { design.for_each_mapped(visit); }) {
                design.for_each_mapped(visit);
            }
        },
        design_in(design_));
}

std::size_t Heap::hole_map_bytes() const {
    return std::max(memory_.parts(Arena::region).hole_map.size(),
                    memory_.parts(Arena::window).hole_map.size());
}

}  // namespace heap44::mm
