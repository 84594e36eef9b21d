// SPDX-License-Identifier: MIT
#include "shell/commands/loan.hpp"

#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/context.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/session.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

std::expected<Loan, Error> Loan::take(Context& context, const Arguments& arguments) {
    const bool has_copy = context.journal != nullptr && context.journal->lend();
    if (!has_copy) {
        const auto may = may_lose_blocks(context.heap, arguments,
                                         "there is no memory for a copy of this heap: ");
        if (!may) return std::unexpected(may.error());
    }
    return Loan(context, has_copy);
}

Loan::Loan(Context& context, bool has_copy)
    : context_(context),
      has_copy_(has_copy),
      design_(context.heap.design()),
      policy_(context.heap.policy()),
      guard_(context.heap.guard().value_or(mm::GuardSide::behind)),
      poisons_(context.heap.is_poisoning()),
      checks_accesses_(accesses_are_checked()),
      fails_in_(context.heap.fails_in()),
      trace_(context.session.trace.set_aside()),
      watchpoints_(context.machine) {}

/// Watchpoints go first, for what follows writes everywhere. The heap is emptied before it is
/// filled with poison: until then the holes may be broken.
void Loan::begin(std::string_view design, std::optional<mm::Policy> policy) {
    mm::Heap& heap = context_.heap;
    context_.machine.remove_watchpoints();
    context_.session.trace.clear();
    check_accesses(checks_accesses_);
    heap.select(design, guard_);
    if (policy) heap.set_policy(*policy);
    heap.set_poisoning(poisons_);
    heap.fail_after(fails_in_);
}

/// `recover` first, since what was stopped may hold the lock. Trace and watchpoints come last, so
/// that they see nothing of it.
void Loan::give_back() {
    context_.heap.recover();
    begin(design_, policy_);
    if (has_copy_) context_.journal->take_back();
    context_.session.trace.bring_back(trace_);
    watchpoints_.put_back(context_.machine);
}

}  // namespace heap44::shell::commands
