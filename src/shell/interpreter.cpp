// SPDX-License-Identifier: MIT
#include "shell/interpreter.hpp"

#include <utility>

#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/notices.hpp"
#include "shell/answer/options.hpp"
#include "shell/answer/values.hpp"
#include "shell/cpp/cpp_memory.hpp"
#include "shell/explain/damage.hpp"
#include "shell/input/utf8.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/kept_watchpoints.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/terminal.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell {

/// A command that runs under guard and leaves its reply behind.
class Interpreter::CommandTask final : public Task {
public:
    CommandTask(const Command& command, Context& context, Frame& frame)
        : command_(command), context_(context), frame_(frame) {}
    void run() override { frame_.reply = command_.run(context_, frame_.arguments); }

private:
    const Command& command_;
    Context& context_;
    Frame& frame_;
};

void Interpreter::run_line(std::string_view line) {
    if (!quotes_are_closed(line)) {
        return refuse_line(ErrorCode::bad_argument, "a quote \" is not closed; nothing was run");
    }
    line_is_json_ = session_.json || line_has_flag(line, "--json");
    // Whatever becomes of a command, the next one of the line runs.
    auto all = visiting<Answer>([](const Answer&) { return true; });
    run(line, all);
}

void Interpreter::refuse_line(ErrorCode code, std::string_view why) {
    ++session_.sequence;
    Reply reply = Error{.code = code, .message = FixedText<320>(why)};
    tell_end({}, reply);
}

void Interpreter::abandon(const Report& report) {
    // The fault may have come while an answer was made: then that one ends here, under its number.
    if (!is_answering_) ++session_.sequence;
    is_answering_ = false;
    depth_ = 0;
    Reply reply = stopped(report);
    end_step(reply);
    tell_end("shell", reply);
    heed(reply);
    end_machine();
}

// --- for commands ---

void Interpreter::begin(Course course) {
    const Opening opening{.command = frames_[depth_ - 1].arguments.command(),
                          .course = course,
                          .depth = depth_ - 1,
                          .sequence = session_.sequence};
    for_each_channel([&](Channel& channel) { channel.begin(opening); });
}

void Interpreter::tell(const Part& part) {
    for_each_channel([&](Channel& channel) { channel.part(part); });
}

void Interpreter::run(std::string_view text, Visitor<Answer>& visitor) {
    if (depth_ == frames_.size()) {
        return refuse(bad_argument("commands within commands are nested too deeply"), visitor);
    }
    Frame& frame = frames_[depth_];
    bool goes_on = true;
    while (goes_on && !text.empty()) {
        const CommandText command = split_command(text);
        text = command.rest;
        if (command.text.empty()) continue;
        const bool is_typed = depth_ == 0;
        if (is_typed) begin_step(command.text);
        ++depth_;
        execute(frame, command.text);
        --depth_;
        tell_end(frame.arguments.command(), frame.reply);
        heed(frame.reply);
        goes_on = visitor.visit({.command = frame.arguments.command(),
                                 .reply = frame.reply,
                                 .notices = notices_,
                                 .depth = depth_});
        if (is_typed) {
            // The step ends after the answer was told: until then the heap is as the command left
            // it.
            is_answering_ = false;
            end_step(frame.reply);
            // Only now: everybody has heard the whole answer, and the step is closed.
            end_machine();
        }
    }
}

/// What cannot be parsed, or is nested too deeply, is refused when its turn comes.
bool Interpreter::visit_commands(std::string_view text, std::size_t level,
                                 Visitor<Arguments>& visitor) {
    if (level == frames_.size()) return true;
    auto& [parser, arguments, reply] = frames_[level];
    while (!text.empty()) {
        const CommandText command = split_command(text);
        text = command.rest;
        if (!parser.parse(command.text, arguments)) continue;
        if (!visitor.visit(arguments)) return false;
        const Command* known = find_command(arguments.command());
        if (known == nullptr || known->runs_from == 0) continue;
        if (!visit_commands(arguments.text_from(known->runs_from), level + 1, visitor)) {
            return false;
        }
    }
    return true;
}

void Interpreter::refuse(const Error& error, Visitor<Answer>& visitor) {
    Reply reply = error;
    tell_end({}, reply);
    visitor.visit({.command = {}, .reply = reply, .notices = notices_, .depth = depth_});
}

// --- one command ---

/// The order of the refusals: what cannot be parsed, `--json` in the wrong place, a name that no
/// command has, words that do not fit, a halted heap. So one learns first what is wrong with the
/// line itself.
void Interpreter::execute(Frame& frame, std::string_view text) {
    if (const auto parsed = frame.parser.parse(text, frame.arguments); !parsed) {
        frame.reply = bad_argument("{}", parsed.error().view());
        return;
    }
    if (depth_ > 1 && !line_is_json_ && line_has_flag(text, "--json")) {
        frame.reply = bad_argument("'--json' is for whole lines: it belongs outside quotes");
        return;
    }
    const Command* command = find_command(frame.arguments.command());
    if (command == nullptr) {
        frame.reply = unknown_command(frame.arguments.command());
    } else if (const auto fits = check_arguments(*command, frame.arguments); !fits) {
        frame.reply = fits.error();
    } else if (session_.halted && changes(*command, frame.arguments)) {
        // After a panic under heap44.panic=halt the heap stays as it was, to be looked at.
        frame.reply = refusal(ErrorCode::panic,
                              "halted after a panic: only commands that look are allowed, and "
                              "reboot and poweroff");
    } else {
        call(*command, frame);
    }
}

void Interpreter::call(const Command& command, Frame& frame) {
    // From here on the ledger notes this command's number with each block.
    context_.heap.set_command(++session_.commands);
    if (depth_ == 1) {
        context_.heap.set_typed_command(session_.commands);
        session_.interrupted = false;
    }
    const std::size_t depth = depth_;
    const KeptWatchpoints watchpoints(context_.machine);
    CommandTask task(command, context_, frame);
    if (const Report* report = context_.guard.run_guarded(task)) {
        // The commands that it ran are stopped with it.
        depth_ = depth;
        frame.reply = stopped(*report);
    }
    if (std::holds_alternative<Error>(frame.reply)) forget_writes(watchpoints);
    // `fault` and `bug` ran what they provoked under a guard of their own, and end well; the report
    // is to be the last one all the same.
    if (const auto* provoked = std::get_if<Provoked>(&frame.reply)) {
        context_.guard.remember(provoked->report);
    }
    if (const auto* committed = std::get_if<Committed>(&frame.reply);
        committed != nullptr && committed->report) {
        context_.guard.remember(*committed->report);
    }
    if (was_interrupted(frame.reply)) {
        context_.terminal.interrupt_served();
        session_.interrupted = true;
    }
}

/// A refused command may have written and put back what was there. Nothing was written then, so no
/// watch has reported.
void Interpreter::forget_writes(const KeptWatchpoints& before) {
    if (context_.machine.watchpoints().size() == before.count()) return;
    while (context_.machine.take_watchpoint_report() != nullptr) continue;
    before.put_back(context_.machine);
}

/// A step of the journal's is called by what was typed, as far as there is room.
void Interpreter::begin_step(std::string_view text) {
    ++session_.sequence;
    is_answering_ = true;
    if (context_.journal == nullptr) return;
    mm::Journal& journal = *context_.journal;
    // What a debugger wrote meanwhile is not this command's doing.
    journal.set_label("from outside");
    journal.commit();
    journal.set_label(cut_to(without_json_flag(text), mm::Journal::label_size));
}

/// What a command has changed becomes a step that can be undone. A refused command has changed
/// nothing that anybody could see; `revert` takes back the bytes beside the heap, too, as if it had
/// never run.
void Interpreter::end_step(const Reply& reply) {
    if (context_.journal != nullptr) {
        if (std::holds_alternative<Error>(reply)) {
            run_unwatched(context_.machine, context_.guard, [&] { context_.journal->revert(); });
        } else {
            context_.journal->commit();
        }
    }
    context_.heap.end_command();
}

/// Brings the heap's lock back and counts what the abandoned command leaves behind. Its blocks are
/// not freed: what uses them is not known, and seeing them is the lesson.
Stopped Interpreter::stopped(const Report& report) {
    context_.heap.recover();
    CppHeapScope::close_all();
    Stopped stopped{.report = report, .left = {}};
    complete(stopped.report, context_.heap);
    stopped.left = count_leftovers(context_.heap, session_.commands);
    if (stopped.left.blocks > 0) {
        stopped.report.message.write("; ");
        write_leftovers(stopped.report.message, stopped.left);
    }
    // What a person stops is no fault to be remembered.
    if (report.code != ErrorCode::interrupted) context_.guard.remember(stopped.report);
    return stopped;
}

// --- telling ---

/// Tells every channel, with what came up meanwhile. An answer that cannot be drawn is stopped like
/// a command: on that channel it ends with the report, and so it is from then on.
void Interpreter::tell_end(std::string_view command, Reply& reply) {
    take_notices();
    const Answer answer{.command = command,
                        .reply = reply,
                        .notices = notices_,
                        .depth = depth_,
                        .sequence = session_.sequence};
    bool is_whole = true;
    for_each_channel([&](Channel& channel) {
        // Each channel under a guard of its own, so that one that fails keeps no other from
        // hearing. Drawing asks the heap, and a design of somebody's own may fail while it is
        // asked.
        const auto tell = [&] { is_whole = channel.end(answer) && is_whole; };
        if (const Report* report = run_guarded(context_.guard, tell)) {
            reply = stopped(*report);
            (void)channel.end(answer);
        }
    });
    if (!is_whole) {
        // A listing was cut by Ctrl-C. That ends all that the listing was a part of.
        context_.terminal.interrupt_served();
        session_.interrupted = true;
    }
}

/// Takes what the machine and the heap have noted since the last answer. What does not fit is
/// taken, too, and dropped: it must not come with a later answer.
void Interpreter::take_notices() {
    notices_.watched_count = 0;
    while (const Report* report = context_.machine.take_watchpoint_report()) {
        if (notices_.watched_count == most_watchpoints) continue;
        notices_.watched_reports[notices_.watched_count++] = *report;
    }
    notices_.damage = context_.heap.damages();
    context_.heap.damages().clear();
}

// --- the end of the machine ---

/// What an answer means for the machine, once it was told: its end, or (`heap44.panic`) that of the
/// work on the heap. A command within a command only asks for the end: those around it are ended,
/// and answer, first.
void Interpreter::heed(const Reply& reply) {
    if (const auto* power = std::get_if<Power>(&reply)) session_.ending = *power;
    if (!std::holds_alternative<Stopped>(reply) || was_interrupted(reply)) return;
    const PanicMode mode = context_.options.panic;
    if (mode == PanicMode::exit) session_.ending = Power{.reboot = false, .status = 127};
    if (mode == PanicMode::halt) session_.halted = true;
}

void Interpreter::end_machine() {
    const auto power = std::exchange(session_.ending, std::nullopt);
    if (!power) return;
    for_each_channel([](Channel& channel) { channel.machine_ends(); });
    if (power->reboot) {
        context_.machine.reboot();
    } else {
        context_.machine.poweroff(power->status);
    }
    // Only where no way to end it worked.
    refuse_line(ErrorCode::not_supported, "the machine did not obey");
}

}  // namespace heap44::shell
