// SPDX-License-Identifier: MIT
#include <array>
#include <type_traits>
#include <variant>

#include "mm/heap/designs/table.hpp"
#include "subject.hpp"

namespace heap44::test {

namespace {

/// A design that says nothing here promises everything.
template <class D>
constexpr Promises promises_of{};
// Memory once given to a size class stays in it.
template <>
constexpr Promises promises_of<mm::FixedSizeBlock>{.whole_again = false, .joins_neighbours = false};
// Free neighbours that are no buddies stay apart.
template <>
constexpr Promises promises_of<mm::Buddy>{.joins_neighbours = false};
// What is freed before the rest, or passed over for an alignment, is neither hole nor block.
template <>
constexpr Promises promises_of<mm::Bump>{.no_overhead = false};
// A freed block waits until the window is used up, and a block is as small as its alignment allows.
template <>
constexpr Promises promises_of<mm::GuardPage>{
    .whole_again = false, .no_overhead = false, .gives_back = false, .in_granules = false};

void add_every_policy(std::vector<Kind>& kinds) {
    for (const mm::Fit fit : {mm::Fit::first, mm::Fit::next, mm::Fit::best, mm::Fit::worst}) {
        for (const mm::Order order : {mm::Order::address, mm::Order::size, mm::Order::recent}) {
            for (const mm::Coalesce coalesce : {mm::Coalesce::on, mm::Coalesce::off}) {
                const std::string name = std::string("linked-list fit=")
                                             .append(mm::name(fit))
                                             .append(" order=")
                                             .append(mm::name(order))
                                             .append(" coalesce=")
                                             .append(mm::name(coalesce));
                const bool joins = coalesce == mm::Coalesce::on;
                kinds.push_back(make_kind<mm::PolicyList>(
                    name, {.whole_again = joins, .joins_neighbours = joins},
                    mm::Policy{.fit = fit, .order = order, .coalesce = coalesce}));
            }
        }
    }
}

template <class D>
void add(std::vector<Kind>& kinds) {
    if constexpr (std::is_same_v<D, mm::PolicyList>) {
        add_every_policy(kinds);
    } else if constexpr (!std::is_same_v<D, mm::Dummy> && !mm::WindowDesign<D>) {
        // The one that never gives anything has tests of its own.
        kinds.push_back(make_kind<D>(D::name, promises_of<D>));
    }
}

}  // namespace

std::vector<Kind> all_kinds() {
    std::vector<Kind> kinds;
    [&]<std::size_t... Index>(std::index_sequence<Index...>) {
        (add<std::variant_alternative_t<Index, mm::AnyDesign>>(kinds), ...);
    }(std::make_index_sequence<std::variant_size_v<mm::AnyDesign>>());
    return kinds;
}

std::vector<Kind> guard_page_kinds() {
    std::vector<Kind> kinds;
    for (const auto side : {mm::GuardSide::behind, mm::GuardSide::front}) {
        const std::string name = std::string("guard-page ").append(mm::name(side));
        kinds.push_back(make_kind<mm::GuardPage>(name, promises_of<mm::GuardPage>, side));
    }
    return kinds;
}

}  // namespace heap44::test
