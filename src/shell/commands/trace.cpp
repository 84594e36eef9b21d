// SPDX-License-Identifier: MIT
// trace, replay, failafter: what happened, once more, and what would happen if memory ran out.
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/script.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell::commands {

namespace {

Reply replay_module(Context& context) {
    const auto module = context.machine.boot_module();
    if (module) return run_script(*module, context);
    return refusal(
        ErrorCode::not_supported,
        "no boot module is there: GRUB loads one with 'module2 FILE', QEMU with -initrd FILE");
}

}  // namespace

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
    const mm::Trace::Repetition repetition = trace.repeat(context.heap);
    Replayed replayed{.done = repetition.done, .elsewhere = repetition.elsewhere};
    if (repetition.first_elsewhere != nullptr) {
        replayed.first_elsewhere = *repetition.first_elsewhere;
        replayed.found = repetition.found;
    }
    return replayed;
}

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
