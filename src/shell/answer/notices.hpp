// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer. Taken once, told to every channel.
//
// They come with the next answer, whatever command that is. A watched write is noticed at once,
// damage by the next operation on the heap; people have to hear of both before they go on.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "mm/heap/damage/damage.hpp"
#include "shell/platform/machine_facts.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

struct Notices {
    /// Writes to what was watched.
    std::array<Report, most_watchpoints> watched_reports;
    std::size_t watched_count = 0;
    /// Damage that the heap has found.
    /// The first ones in full; how many more there were, the log counts.
    mm::DamageLog damage;

    [[nodiscard]] std::span<const Report> watched() const {
        return std::span(watched_reports).first(watched_count);
    }
};

}  // namespace heap44::shell
