// SPDX-License-Identifier: MIT
// `why`: the search for a block, before it is made.
//
// The command tries the allocation and takes it back (src/shell/lab/try_search.cpp), so where the
// block would be is a fact and not a second opinion. Which holes the search passes on its way is
// told here again, from the holes and the policy.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "lib/function_ref.hpp"
#include "mm/heap/designs/design.hpp"
#include "mm/heap/ledger/layout.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// A hole that the search comes to, and why it is taken or passed over, in words for people.
struct VisitedHole {
    VirtAddr address;
    std::size_t size;
    bool fits;
    std::string_view reason;
};

/// How the search ends: where the block would be, nothing where none fits; and the holes that would
/// be left of the hole that it is taken from, by address.
struct SearchResult {
    std::optional<VirtAddr> chosen;
    std::array<mm::Hole, 24> left;
    std::size_t left_count = 0;
};

/// Calls `visit(VisitedHole)` for each hole that the search comes to, in its order. Designs that
/// search no list come to the hole of the block that `result` speaks of, and to no other.
void for_each_visited(const mm::Heap& heap, mm::Layout layout, const SearchResult& result,
                      FunctionRef<void(const VisitedHole&)> visit);

}  // namespace heap44::shell
