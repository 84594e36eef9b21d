// SPDX-License-Identifier: MIT
// Which holes came, went, or changed a word between two looks at a heap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "lib/address.hpp"
#include "mm/heap/ledger/block.hpp"

namespace heap44::mm {

class Heap;

/// A hole as its design lists it; `next` is 0 behind the last.
struct ListedHole {
    VirtAddr address;
    std::size_t size;
    VirtAddr next;

    friend bool operator==(const ListedHole&, const ListedHole&) = default;
};

/// What happened to the hole at one address.
struct HoleChange {
    enum class Kind : std::uint8_t { came, went, changed };
    Kind kind;
    /// As it was; one that came has not been.
    ListedHole before{};
    /// As it is; one that went is no more.
    ListedHole after{};

    friend bool operator==(const HoleChange&, const HoleChange&) = default;
};

/// Remembers all holes, by address, to compare them with those of later. An observer that wants to
/// know asks when a command has ended: what only came and went in between never shows. All it needs
/// is memory that it is given; a look at h holes takes time in O(h log h).
class HoleChanges {
public:
    /// Enough for all holes that the designs of the table can have on this heap.
    [[nodiscard]] static std::size_t bytes_needed(const Heap& heap);

    /// `memory` is aligned to 8. With less than `bytes_needed` some looks are not complete. At
    /// first nothing is known.
    explicit HoleChanges(std::span<std::byte> memory);

    /// Looks at the heap, and calls `visit(HoleChange)` for each difference from the last look, by
    /// address. False where the look is not complete: the holes are not all known now (there are
    /// more than there is memory for, or the list is damaged), or were not at the last look. Then
    /// nothing is visited, for any hole may have changed; whoever wants to know lists them anew.
    [[nodiscard]] bool update(const Heap& heap, auto&& visit) {
        const bool was_known = is_known_;
        std::swap(before_, now_);
        is_known_ = list(heap);
        if (!was_known || !is_known_) return false;
        compare(visit);
        return true;
    }
    /// The holes of the last look, by address; none if that was not complete.
    [[nodiscard]] std::span<const ListedHole> holes() const { return now_.holes.first(now_.count); }

private:
    struct List {
        std::span<ListedHole> holes;
        std::size_t count = 0;
    };

    /// Looks at all holes and stores them in `now_`, by address.
    bool list(const Heap& heap);
    /// Goes through both sorted lists side by side, as one merges them: whichever address is lower
    /// is missing in the other list.
    void compare(auto&& visit) const {
        using Kind = HoleChange::Kind;
        std::span<const ListedHole> before = before_.holes.first(before_.count);
        std::span<const ListedHole> now = holes();
        while (!before.empty() || !now.empty()) {
            if (now.empty() || (!before.empty() && before[0].address < now[0].address)) {
                visit(HoleChange{.kind = Kind::went, .before = before[0]});
                before = before.subspan(1);
            } else if (before.empty() || now[0].address < before[0].address) {
                visit(HoleChange{.kind = Kind::came, .after = now[0]});
                now = now.subspan(1);
            } else {
                if (before[0] != now[0]) visit(HoleChange{Kind::changed, before[0], now[0]});
                before = before.subspan(1);
                now = now.subspan(1);
            }
        }
    }

    List before_;
    List now_;
    bool is_known_ = false;
};

}  // namespace heap44::mm
