// SPDX-License-Identifier: MIT
// The watchpoints of a machine, kept while the heap becomes what it was at another time.
//
// A watchpoint is there to catch the code that writes. Where bytes are put back (`undo`, what `why`
// has tried, what a refused command had begun) nobody wrote, so that must not use it up.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "shell/platform/guard.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell {

/// A copy of those that there were at one moment.
class KeptWatchpoints {
public:
    explicit KeptWatchpoints(const Machine& machine) : count_(machine.watchpoints().size()) {
        std::ranges::copy(machine.watchpoints(), kept_.begin());
    }
    [[nodiscard]] std::size_t count() const { return count_; }
    /// The machine has these again, and no others; what the memory holds now is their old content.
    void put_back(Machine& machine) const {
        machine.remove_watchpoints();
        for (const Watchpoint& each : std::span(kept_).first(count_)) machine.add_watchpoint(each);
    }

private:
    std::array<Watchpoint, most_watchpoints> kept_{};
    std::size_t count_;
};

/// Does `work` while nothing is watched. Then the watchpoints are as before, also where the work
/// was stopped.
void run_unwatched(Machine& machine, Guard& guard, auto&& work) {
    const KeptWatchpoints before(machine);
    machine.remove_watchpoints();
    run_and_restore(guard, work, [&] { before.put_back(machine); });
}

}  // namespace heap44::shell
