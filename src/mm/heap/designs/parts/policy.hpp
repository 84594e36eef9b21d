// SPDX-License-Identifier: MIT
// How the linked list can be tuned: which hole is taken, how holes are listed, whether they join.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heap44::mm {

/// Which of the holes that fit is taken.
enum class Fit : std::uint8_t { first, next, best, worst };
/// How the list is ordered: by address, by size (ascending), or the lately freed first.
enum class Order : std::uint8_t { address, size, recent };
/// Whether free neighbours become one hole.
enum class Coalesce : std::uint8_t { on, off };

/// The default is the plain linked list.
struct Policy {
    Fit fit = Fit::first;
    Order order = Order::address;
    Coalesce coalesce = Coalesce::on;

    friend constexpr bool operator==(Policy, Policy) = default;
};

/// The names of a choice's values in the order of its enumerators, as the shell writes them.
template <class Choice>
inline constexpr std::array<std::string_view, 0> choice_names{};
template <>
inline constexpr std::array<std::string_view, 4> choice_names<Fit>{"first", "next", "best",
                                                                   "worst"};
template <>
inline constexpr std::array<std::string_view, 3> choice_names<Order>{"address", "size", "recent"};
template <>
inline constexpr std::array<std::string_view, 2> choice_names<Coalesce>{"on", "off"};

[[nodiscard]] constexpr std::string_view name(Fit fit) {
    return choice_names<Fit>[static_cast<std::size_t>(fit)];
}
[[nodiscard]] constexpr std::string_view name(Order order) {
    return choice_names<Order>[static_cast<std::size_t>(order)];
}
[[nodiscard]] constexpr std::string_view name(Coalesce coalesce) {
    return choice_names<Coalesce>[static_cast<std::size_t>(coalesce)];
}

/// The value of this name, or nothing: `choice_named<Fit>("best")`.
template <class Choice>
[[nodiscard]] constexpr std::optional<Choice> choice_named(std::string_view text) {
    for (std::size_t index = 0; index < choice_names<Choice>.size(); ++index) {
        if (choice_names<Choice>[index] == text) return static_cast<Choice>(index);
    }
    return std::nullopt;
}

/// Sets `choice` to the value of this name; false, and nothing changed, where there is none.
template <class Choice>
[[nodiscard]] constexpr bool set_choice(Choice& choice, std::string_view text) {
    const std::optional<Choice> named = choice_named<Choice>(text);
    if (named) choice = *named;
    return named.has_value();
}

/// `set_option(policy, "fit", "best")`; false, and nothing changed, where key or value is unknown.
[[nodiscard]] constexpr bool set_option(Policy& policy, std::string_view key,
                                        std::string_view value) {
    if (key == "fit") return set_choice(policy.fit, value);
    if (key == "order") return set_choice(policy.order, value);
    if (key == "coalesce") return set_choice(policy.coalesce, value);
    return false;
}

}  // namespace heap44::mm
