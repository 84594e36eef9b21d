// SPDX-License-Identifier: MIT
// bench: which designs are measured.
#include <algorithm>

#include "shell/commands/all.hpp"
#include "shell/commands/design.hpp"
#include "shell/lose_blocks.hpp"

namespace heap44::shell::commands {

Reply bench(Context& context, const Arguments& arguments) {
    const std::span<const std::string_view> known = mm::design_names();
    Bench bench{};
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const auto found = std::ranges::find(known, arguments[index]);
        if (found == known.end()) return unknown_design(arguments[index]);
        if (mm::uses_window(*found)) {
            return refusal(ErrorCode::not_supported,
                           "{} has no region to be measured in, only addresses", *found);
        }
        bench.designs |= std::uint64_t{1} << (found - known.begin());
    }
    for (std::size_t index = 0; index < known.size() && arguments.size() == 0; ++index) {
        // The one that never gives anything has nothing to measure.
        if (known[index] == "dummy" || mm::uses_window(known[index])) continue;
        bench.designs |= std::uint64_t{1} << index;
    }
    if (const auto may = may_lose_blocks(context.heap, arguments); !may) return may.error();
    return bench;
}

}  // namespace heap44::shell::commands
