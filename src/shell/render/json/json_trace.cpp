// SPDX-License-Identifier: MIT
// What trace, replay and failafter answer, as JSON.
//
// A trace is told twice: as commands for those who want to repeat it, as events for those who want
// to know. An event without a command is only among the latter.

#include "shell/answer/session.hpp"
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/trace_script.hpp"

namespace heap44::shell {

/// `commands` can be typed again; `events` is what happened, with what no command can repeat.
void JsonRenderer::keys(const TraceReply& reply) {
    const mm::Trace& trace = view_.session.trace;
    json_.member("on", trace.is_on());
    json_.member("records", trace.records().size());
    json_.member("dropped", trace.dropped());
    json_.member("live_before", trace.live_before());
    if (!reply.script) return;
    json_.array("commands", [&] {
        TraceScript script(trace);
        while (const auto line = script.next()) {
            if (!line->command.empty()) json_.element(line->command.view());
        }
    });
    json_.array("events", [&] {
        for (const mm::TraceRecord& record : trace.records()) {
            json_.object([&] { this->record(record); });
        }
    });
}

/// One event. A reset has no block to speak of, only the design that came with it.
void JsonRenderer::record(const mm::TraceRecord& record) {
    json_.member("event", name(record.kind));
    json_.member("n", record.command);
    if (record.kind == mm::HeapEvent::Kind::reset) {
        json_.member("allocator", record.name.view());
        return;
    }
    json_.member("id", record.number);
    json_.text_or_null("name", record.name.view());
    json_.member("address", record.address);
    json_.member("size", record.layout.size);
    json_.member("align", record.layout.align);
    code("caller", record.caller);
}

/// `identical` is the answer; the rest says how far it is from that. `found` is null where the
/// operation could not be done again.
void JsonRenderer::keys(const Replayed& replayed) {
    json_.member("done", replayed.done);
    json_.member("identical", replayed.elsewhere == 0);
    json_.member("elsewhere", replayed.elsewhere);
    json_.member("dropped", view_.session.trace.dropped());
    json_.object_or_null(replayed.first_elsewhere != nullptr, "first_elsewhere", [&] {
        record(*replayed.first_elsewhere);
        if (replayed.found.value == 0) {
            json_.null("found");
        } else {
            json_.member("found", replayed.found);
        }
    });
}

/// An object for each line, with its number, and the answers of its commands as `results`.
void JsonRenderer::part(const LineBegun& begun) {
    json_.begin_object();
    json_.member("line", begun.number);
    json_.begin_array("results");
}

void JsonRenderer::part(const LineDone&) {
    json_.end_array();
    json_.end_object();
}

/// `failed` counts answers that were not ok, of all lines together.
void JsonRenderer::keys(const ScriptRun& run) {
    json_.member("lines", run.lines);
    json_.member("failed", run.failed);
    json_.member("interrupted", run.interrupted);
}

/// 0 for none.
void JsonRenderer::keys(const FailAfter& plan) {
    json_.member("count", plan.count);
}

}  // namespace heap44::shell
