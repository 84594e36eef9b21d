// SPDX-License-Identifier: MIT
// The design in a slot, as what it is. Only files that call designs include this.
#pragma once

#include <memory>
#include <new>
#include <optional>
#include <span>
#include <type_traits>

#include "mm/heap/design_slot.hpp"
#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/page_control.hpp"
#include "mm/heap/designs/table.hpp"

namespace heap44::mm {

// The journal keeps a slot with every step, so it is no larger than it has to be.
static_assert(sizeof(AnyDesign) <= sizeof(DesignSlot) && alignof(AnyDesign) <= alignof(DesignSlot),
              "a design is larger than all others: give DesignSlot room for it");
static_assert(std::is_trivially_copyable_v<AnyDesign>, "a design is a plain value");

[[nodiscard]] inline AnyDesign& design_in(DesignSlot& slot) {
    return *std::launder(reinterpret_cast<AnyDesign*>(slot.bytes.data()));
}
[[nodiscard]] inline const AnyDesign& design_in(const DesignSlot& slot) {
    return *std::launder(reinterpret_cast<const AnyDesign*>(slot.bytes.data()));
}

/// Makes an empty design of this index in `slot`. There must be a window if its arena is one; only
/// then `guard` matters.
void make_design(DesignSlot& slot, std::size_t index, std::span<std::byte> region,
                 std::span<std::byte> metadata, const std::optional<Window>& window,
                 GuardSide guard = GuardSide::behind);

}  // namespace heap44::mm
