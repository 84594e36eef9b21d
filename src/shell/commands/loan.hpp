// SPDX-License-Identifier: MIT
// What `compare` and `bench` do to the heap: they have it for a while, and it comes back.
//
//     take -> begin, use | begin, use | ... -> give_back
//
// The copy is the journal's, which has one of the heap as it is after each command; so a loan costs
// no memory. What belongs to the session and not to the heap (switches, the trace, watchpoints) is
// kept here, and is the same at the beginning of each use.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "mm/heap/designs/parts/guard_side.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/answer/reply.hpp"
#include "shell/platform/kept_watchpoints.hpp"

namespace heap44::shell {
class Arguments;
struct Context;
}  // namespace heap44::shell

namespace heap44::shell::commands {

/// Ends with `give_back`, whatever becomes of the uses in between: call it from `run_and_restore`.
class Loan {
public:
    /// Where there is no copy of the heap, live blocks would be lost: that takes `--force`.
    [[nodiscard]] static std::expected<Loan, Error> take(Context& context,
                                                         const Arguments& arguments);

    /// The heap is empty, of this design, with this policy or the default one, and all that can be
    /// switched is as it was found.
    void begin(std::string_view design, std::optional<mm::Policy> policy);
    /// Heap and session are as they were found. Without a copy the heap is empty, and of the design
    /// that it had.
    void give_back();

private:
    Loan(Context& context, bool has_copy);

    Context& context_;
    bool has_copy_;
    std::string_view design_;
    std::optional<mm::Policy> policy_;
    mm::GuardSide guard_;
    bool poisons_;
    bool checks_accesses_;
    std::uint64_t fails_in_;
    mm::Trace::Recording trace_;
    KeptWatchpoints watchpoints_;
};

}  // namespace heap44::shell::commands
