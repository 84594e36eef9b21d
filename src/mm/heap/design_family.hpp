// SPDX-License-Identifier: MIT
// What the designs of the table have in common, by index: names, arenas, sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "mm/heap/design_slot.hpp"

namespace heap44::mm {

/// Whether a design has the region for its heap, or a window of its own.
enum class Arena : std::uint8_t { region, window };

/// The names of all designs, in the table's order.
[[nodiscard]] std::span<const std::string_view> design_names();

/// Whether the design of this name has a window for its heap instead of the region.
[[nodiscard]] bool uses_window(std::string_view design);

/// The index in the table of the first design with this name; nothing where there is none.
[[nodiscard]] std::optional<std::size_t> design_index(std::string_view name);
/// The index of the design in a slot.
[[nodiscard]] std::size_t design_index(const DesignSlot& slot);
/// Whether it is the same design in both, with the same policy or guard.
[[nodiscard]] bool are_set_alike(const DesignSlot& left, const DesignSlot& right);
[[nodiscard]] std::string_view design_name(std::size_t index);
[[nodiscard]] Arena design_arena(std::size_t index);

/// How many bytes a heap of `size` bytes needs beside it, so that every design that has its heap in
/// this arena finds enough.
[[nodiscard]] std::size_t metadata_bytes(Arena arena, std::size_t size);

}  // namespace heap44::mm
