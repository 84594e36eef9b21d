// SPDX-License-Identifier: MIT
// The allocator that has nothing: the first step of the lesson, and a test of every error path.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "lib/panic.hpp"
#include "mm/heap/designs/design.hpp"

namespace heap44::mm {

/// Fails every allocation. Nothing can have come from it, so giving something back is a panic. It
/// shows how little a design must have (`Design` in design.hpp).
class Dummy {
public:
    static constexpr const char* name = "dummy";
    static constexpr std::array<HoleField, 0> hole_fields{};

    explicit Dummy(std::span<std::byte>) {}

    [[nodiscard]] std::byte* allocate(Layout) { return nullptr; }
    void deallocate(std::byte*, Layout) {
        panic(PanicKind::panic,
              "dummy allocator: deallocate was called, but it never gave a block");
    }
    [[nodiscard]] std::string_view obstacle(const Hole&, Layout) const { return "it gives none"; }
    [[nodiscard]] std::size_t block_size(Layout layout) const { return layout.size; }
    [[nodiscard]] std::size_t used_bytes(std::size_t region_size) const { return region_size; }
    void for_each_hole(auto&&) const {}
};
static_assert(Design<Dummy>);

}  // namespace heap44::mm
