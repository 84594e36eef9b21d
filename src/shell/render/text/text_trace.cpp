// SPDX-License-Identifier: MIT
// What trace, replay and failafter answer, as text.
//
// `trace show` prints a script: whatever is no command stands behind a `#`, so that it can be
// pasted back.

#include "mm/heap/history/trace.hpp"
#include "shell/answer/session.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/render/text/text_renderer.hpp"
#include "shell/render/trace_script.hpp"

namespace heap44::shell {

/// The state is a comment in front of a script, so that all that is shown can be typed again.
void TextRenderer::text(const TraceReply& reply) {
    const mm::Trace& trace = view_.session.trace;
    print(out_, "{}trace is {}: {} record{}", reply.script ? "# " : "",
          trace.is_on() ? "on" : "off", trace.records().size(), plural(trace.records().size()));
    if (trace.dropped() > 0) print(out_, ", then {} dropped for want of room", trace.dropped());
    out_.write("\n");
    if (!reply.script) return;
    if (trace.beginning().name.empty()) {
        // Without this line an empty script would look like a trace of nothing.
        out_.write("# nothing was recorded yet; 'trace on' begins\n");
        return;
    }
    if (trace.live_before() > 0) {
        print(out_, "# {} block{} live before: without {} addresses may differ\n",
              trace.live_before(), trace.live_before() == 1 ? " was" : "s were",
              trace.live_before() == 1 ? "it" : "them");
    }
    if (trace.was_set_back()) out_.write("# the heap was set back meanwhile, which is not here\n");
    trace_script(trace);
}

/// Commands stand on the left and can be typed again; behind `#` stands what came of them then.
void TextRenderer::trace_script(const mm::Trace& trace) {
    constexpr std::size_t comment_column = 32;
    TraceScript script(trace);
    while (const auto line = script.next()) {
        if (!listing_.goes_on()) continue;
        // The first line makes the heap what it was when the trace began.
        if (line->record == nullptr) {
            print(out_, "{}\n", line->command.view());
            continue;
        }
        const mm::TraceRecord& record = *line->record;
        const bool is_reset = record.kind == mm::HeapEvent::Kind::reset;
        if (line->command.empty()) {
            // No number can be typed for it, so the line is a comment as a whole.
            print(out_, "# {} of a block that was live before", name(record.kind));
        } else {
            print(out_, "{}", line->command.view());
        }
        if (!is_reset) {
            const std::size_t size = line->command.view().size();
            print(out_, "{:{}}", "", size < comment_column ? comment_column - size : 0);
            print(out_, " # #{} at {:#x} by {}", record.number, record.address.value,
                  code_text(view_.machine, record.caller).view());
        }
        out_.write("\n");
    }
    listing_.close(out_, "record");
}

/// What matters is whether every block came to the same address again. Of those that did not the
/// first is told: the others may follow from it.
void TextRenderer::text(const Replayed& replayed) {
    print(out_, "{} operation{} done again, ", replayed.done, plural(replayed.done));
    if (replayed.elsewhere == 0) {
        out_.write("every address is the same\n");
    } else {
        print(out_, "{} came to another address\n", replayed.elsewhere);
    }
    if (const auto* first = replayed.first_elsewhere) {
        print(out_, "the first: {} of #{} was at {:#x}, ", name(first->kind), first->number,
              first->address.value);
        if (replayed.found.value == 0) {
            out_.write("and could not be done now\n");
        } else {
            print(out_, "is at {:#x} now\n", replayed.found.value);
        }
    }
    const std::uint64_t dropped = view_.session.trace.dropped();
    if (dropped > 0) print(out_, "{} more were dropped from the trace\n", dropped);
}

void TextRenderer::text(const ScriptRun& run) {
    print(out_, "{} line{} of the boot module run, {} command{} failed\n", run.lines,
          plural(run.lines), run.failed, plural(run.failed));
    if (run.interrupted) out_.write("interrupted: stopped by Ctrl-C\n");
}

/// Three sentences for one number, since "number 1" is not how people say it.
void TextRenderer::text(const FailAfter& plan) {
    if (plan.count == 0) {
        out_.write("no allocation is made to fail\n");
    } else if (plan.count == 1) {
        out_.write("the next allocation fails\n");
    } else {
        print(out_, "of the allocations from now on, number {} fails\n", plan.count);
    }
}

}  // namespace heap44::shell
