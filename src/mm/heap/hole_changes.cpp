// SPDX-License-Identifier: MIT
#include "mm/heap/hole_changes.hpp"

#include <memory>

#include "mm/heap/heap.hpp"

namespace heap44::mm {

std::size_t HoleChanges::bytes_needed(const Heap& heap) {
    // A hole has room for two words; what bump has not given out yet may be less.
    constexpr std::size_t smallest = 16;
    const std::size_t in_region = heap.region().size() / smallest + 1;
    const std::size_t in_window = heap.window() ? heap.window()->size / page_size : 0;
    return 2 * std::max(in_region, in_window) * sizeof(ListedHole);
}

HoleChanges::HoleChanges(std::span<std::byte> memory) {
    const std::size_t count = memory.size() / (2 * sizeof(ListedHole));
    auto* const first = reinterpret_cast<ListedHole*>(memory.data());
    std::uninitialized_value_construct_n(first, 2 * count);
    before_.holes = {first, count};
    now_.holes = {first + count, count};
}

/// False where not all holes could be listed; then none is.
bool HoleChanges::list(const Heap& heap) {
    now_.count = 0;
    bool has_room = true;
    const auto fault = heap.for_each_hole([&](const Hole& hole) {
        has_room = now_.count < now_.holes.size();
        if (has_room) {
            now_.holes[now_.count++] = {address_of(hole.address), hole.size, address_of(hole.next)};
        }
        return has_room;
    });
    if (fault || !has_room) {
        now_.count = 0;
        return false;
    }
    // By address, so that two lists can be compared in one pass.
    std::ranges::sort(now_.holes.first(now_.count), {}, &ListedHole::address);
    return true;
}

}  // namespace heap44::mm
