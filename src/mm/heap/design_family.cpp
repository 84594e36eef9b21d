// SPDX-License-Identifier: MIT
#include "mm/heap/design_family.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <utility>
#include <variant>

#include "lib/align.hpp"
#include "mm/heap/any_design.hpp"

namespace heap44::mm {

namespace {

constexpr std::size_t design_count = std::variant_size_v<AnyDesign>;
constexpr auto all_indices = std::make_index_sequence<design_count>();

template <std::size_t Index>
using DesignAt = std::variant_alternative_t<Index, AnyDesign>;

template <class D>
constexpr Arena arena_of = WindowDesign<D> ? Arena::window : Arena::region;

// The tables are made from the variant's alternatives when this is compiled, so a new line in
// designs/table.hpp is all that a design needs.
constexpr auto names = []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array<std::string_view, design_count>{DesignAt<Index>::name...};
}(all_indices);

constexpr auto arenas = []<std::size_t... Index>(std::index_sequence<Index...>) {
    return std::array<Arena, design_count>{arena_of<DesignAt<Index>>...};
}(all_indices);

constexpr std::size_t first_with_name(std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

// Each name once: LinkedList and PolicyList share theirs.
constexpr auto different_names = [] {
    struct {
        std::array<std::string_view, design_count> names;
        std::size_t count = 0;
    } result;
    for (std::size_t index = 0; index < design_count; ++index) {
        if (first_with_name(names[index]) == index) result.names[result.count++] = names[index];
    }
    return result;
}();

/// What this design needs in such an arena; 0 if it keeps none, or has its heap in the other.
template <class D>
constexpr std::size_t metadata_of(Arena arena, std::size_t size) {
    if constexpr (requires { D::metadata_bytes(size); }) {
        if (arena == arena_of<D>) return D::metadata_bytes(size);
    }
    return 0;
}

}  // namespace

std::span<const std::string_view> design_names() {
    return std::span(different_names.names).first(different_names.count);
}

bool uses_window(std::string_view design) {
    const auto index = design_index(design);
    return index && arenas[*index] == Arena::window;
}

std::optional<std::size_t> design_index(std::string_view name) {
    const std::size_t index = first_with_name(name);
    return index < design_count ? std::optional(index) : std::nullopt;
}

std::size_t design_index(const DesignSlot& slot) {
    return design_in(slot).index();
}

bool are_set_alike(const DesignSlot& left, const DesignSlot& right) {
    return std::visit(
        [&]<class D>(const D& design) {
            const auto* other = std::get_if<D>(&design_in(right));
            if (other == nullptr) return false;
            if constexpr (requires { design.policy(); }) return design.policy() == other->policy();
            if constexpr (requires { design.guard(); }) return design.guard() == other->guard();
            return true;
        },
        design_in(left));
}

std::string_view design_name(std::size_t index) {
    return names[index];
}

Arena design_arena(std::size_t index) {
    return arenas[index];
}

std::size_t metadata_bytes(Arena arena, std::size_t size) {
    const std::size_t most = [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        return std::max({metadata_of<DesignAt<Index>>(arena, size)...});
    }(all_indices);
    return align_up(most, alignof(std::uint64_t));
}

void make_design(DesignSlot& slot, std::size_t index, std::span<std::byte> region,
                 std::span<std::byte> metadata, const std::optional<Window>& window,
                 GuardSide guard) {
    // An index is known only at run time, a type only when this is compiled: so every design's way
    // to be made is here, and the one whose index it is runs.
    auto* const place = reinterpret_cast<AnyDesign*>(slot.bytes.data());
    const auto make = [&]<std::size_t Index>() {
        using D = DesignAt<Index>;
        constexpr std::in_place_index_t<Index> which;
        if constexpr (std::constructible_from<D, std::span<std::byte>>) {
            std::construct_at(place, which, region);
        } else if constexpr (WindowDesign<D>) {
            std::construct_at(place, which, region, metadata, window->pages, guard);
        } else {
            std::construct_at(place, which, region, metadata);
        }
    };
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        ((Index == index ? make.template operator()<Index>() : void()), ...);
    }(all_indices);
}

}  // namespace heap44::mm
