// SPDX-License-Identifier: MIT
// trace, replay, failafter: what happened, once more, and what would happen if memory ran out.
//
// A trace is a list of what happened on the heap. The session keeps it: `undo` does not touch it,
// and of all resets only `reset --all` clears it.

#include "mm/heap/history/trace.hpp"

#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/script.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

namespace {

/// The script's commands change the heap, not this one; so `--force` is for the replay of a trace
/// only.
Reply replay_module(Context& context) {
    const auto module = context.machine.boot_module();
    if (module) return run_script(*module, context);
    return refusal(
        ErrorCode::not_supported,
        "no boot module is there: GRUB loads one with 'module2 FILE', QEMU with -initrd FILE");
}

}  // namespace

/// Switched on twice it goes on as it was: the records so far are not lost by a word typed again.
Reply trace(Context& context, const Arguments& arguments) {
    mm::Trace& trace = context.session.trace;
    if (arguments.size() == 0) return TraceReply{.script = false};
    if (arguments[0] == "show") return TraceReply{.script = true};
    const auto on = parse_switch(arguments[0]);
    if (!on) {
        return bad_argument("'{}' is none of on, off, show", shown(arguments[0]));
    }
    if (*on && !trace.is_on()) trace.start(context.heap);
    if (!*on && trace.is_on()) trace.stop();
    return TraceReply{.script = false};
}

/// Refused where the records do not say how to get there again: none, blocks from before, steps
/// back. Only then it asks whether the heap may be emptied.
Reply replay(Context& context, const Arguments& arguments) {
    if (arguments.has_flag("--module")) return replay_module(context);
    mm::Trace& trace = context.session.trace;
    if (trace.records().empty()) {
        return refusal(ErrorCode::not_supported,
                       "nothing is recorded; 'trace on' begins to record");
    }
    if (trace.live_before() > 0) {
        return refusal(ErrorCode::not_supported,
                       "{} block{} live when the trace began, so it says nothing of "
                       "how to get there; 'reset' and 'trace on' begin one that can be "
                       "replayed",
                       trace.live_before(), trace.live_before() == 1 ? " was" : "s were");
    }
    if (trace.was_set_back()) {
        return refusal(ErrorCode::not_supported,
                       "the heap was set back while it was traced, by undo or its like");
    }
    if (const auto may = may_lose_blocks(context.heap, arguments); !may) return may.error();
    // The heap begins empty, in the design and policy that it had when the trace began.
    const mm::Trace::Repetition repetition = trace.repeat(context.heap);
    return Replayed{.done = repetition.done,
                    .elsewhere = repetition.elsewhere,
                    .first_elsewhere = repetition.first_elsewhere,
                    .found = repetition.found};
}

/// The count is that of the heap: allocations and reallocations, whoever makes them.
Reply failafter(Context& context, const Arguments& arguments) {
    if (arguments.size() > 0) {
        const auto count =
            arguments[0] == "off" ? Parsed<std::uint64_t>(0) : parse_size("K", arguments[0]);
        if (!count) return count.error();
        context.heap.fail_after(*count);
    }
    return FailAfter{context.heap.fails_in()};
}

}  // namespace heap44::shell::commands
