// SPDX-License-Identifier: MIT
#include "shell/shell.hpp"

#include <algorithm>

#include "shell/access_check.hpp"
#include "shell/cpp_memory.hpp"
#include "shell/damage.hpp"
#include "shell/render/render_json.hpp"
#include "shell/render/render_text.hpp"
#include "shell/utf8.hpp"
#include "shell/values.hpp"
#include "shell/version.hpp"

namespace heap44::shell {

/// A command that runs under guard and leaves its reply behind.
class Shell::CommandTask final : public Task {
public:
    CommandTask(const Command& command, Context& context, Frame& frame)
        : command_(command), context_(context), frame_(frame) {}
    void run() override { frame_.reply = command_.run(context_, frame_.arguments); }

private:
    const Command& command_;
    Context& context_;
    Frame& frame_;
};

/// One event of the terminal, from the first byte to the last answer.
class Shell::ServeTask final : public Task {
public:
    explicit ServeTask(Shell& shell) : shell_(shell) {}
    void run() override { shell_.serve(); }

private:
    Shell& shell_;
};

Shell::Shell(mm::Heap& heap, Platform& platform, const Options& options, Conversation conversation,
             mm::Journal* journal)
    : context_{heap, platform, session_, journal},
      panic_mode_(options.panic),
      conversation_(conversation),
      options_(options),
      completer_(heap, platform),
      editor_(platform, session_.history, completer_),
      live_(platform, heap) {
    session_.ansi = options.ansi;
    session_.json = options.json;
    editor_.set_echo(conversation == Conversation::on);
    watch_accesses(heap, platform);
}

void Shell::greet() {
    if (conversation_ == Conversation::off) return;
    Platform& out = context_.platform;
    const mm::Heap& heap = context_.heap;
    print(out, "\nHeap44 {} ({}): a heap to look at\n", version, build);
    if (const auto frames = out.frames()) {
        print(out, "memory     {} MiB, {} MiB free\n", frames->total * page_size >> 20,
              frames->free * page_size >> 20);
    }
    print(out, "heap       {:#x} to {:#x}, {} KiB\n", heap.start().value, heap.end().value,
          heap.size() / 1024);
    print(out, "allocator  {}\n", heap.design());
    for (std::size_t index = 0; index < options_.complaint_count; ++index) {
        print(out, "{}\n", options_.complaints[index].view());
    }
    out.write(
        "'help' lists the commands; 'poweroff' ends, and so does Ctrl-] then x under 'make run'\n"
        "\n");
}

void Shell::run() {
    greet();
    if (!options_.run.empty()) run_line(options_.run.view());
    ServeTask task(*this);
    // The guard is for the shell's own mistakes: it starts again with an empty line.
    while (const Report* report = context_.platform.run_guarded(task)) {
        depth_ = 0;
        const Reply reply = stopped(*report);
        settle(reply);
        show({.command = "shell", .reply = reply}, session_.json);
        after_panic();
    }
}

void Shell::serve() {
    editor_.set_ansi(session_.ansi);
    editor_.start();
    follow_live();
    while (const auto byte = context_.platform.read()) {
        const LineEditor::Event event = editor_.feed(*byte);
        if (event == LineEditor::Event::none) continue;
        handle(event);
        editor_.set_ansi(session_.ansi);
    }
}

void Shell::handle(LineEditor::Event event) {
    Platform& out = context_.platform;
    const bool echoes = conversation_ == Conversation::on;
    switch (event) {
        case LineEditor::Event::none:
            return;
        case LineEditor::Event::position:
            live_.resize(editor_.keys().reported_row(), editor_.keys().reported_column());
            return follow_live();
        case LineEditor::Event::interrupted:
            // One that has stopped a command is answered already.
            if (out.last_interrupt_was_served() && editor_.line().empty()) return;
            if (echoes) out.write("^C\n");
            break;
        case LineEditor::Event::too_long:
            if (echoes) out.write("\n");
            refuse_line(ErrorCode::line_too_long,
                        "the line has more than 1,024 bytes; nothing of it was run");
            break;
        case LineEditor::Event::damaged:
            if (echoes) out.write("\n");
            refuse_line(ErrorCode::line_damaged,
                        "the line lost a byte on its way; nothing of it was run");
            break;
        case LineEditor::Event::line:
            if (echoes) out.write("\n");
            line_.clear();
            line_.write(editor_.line());
            session_.history.add(line_.view());
            run_line(line_.view());
            break;
    }
    editor_.start();
    follow_live();
}

/// After the prompt, which has to stand at the start of its line.
void Shell::follow_live() {
    if (conversation_ == Conversation::off) return;
    live_.follow(session_.live);
    editor_.set_first_row(live_.height() + 1);
}

void Shell::refuse_line(ErrorCode code, std::string_view why) {
    const Reply reply = Error{.code = code, .message = FixedText<320>(why)};
    show({.command = {}, .reply = reply}, session_.json);
}

void Shell::run_line(std::string_view line) {
    if (!quotes_are_closed(line)) {
        return refuse_line(ErrorCode::bad_argument, "a quote \" is not closed; nothing was run");
    }
    struct Show final : Visitor<Answer> {
        Show(Shell& in, bool as_json) : shell(in), json(as_json) {}
        bool visit(const Answer& answer) override {
            shell.show(answer, json || shell.session_.json);
            return true;
        }
        Shell& shell;
        bool json;
    };
    Show show(*this, line_has_flag(line, "--json"));
    line_is_json_ = show.json || session_.json;
    run(line, show);
}

void Shell::run(std::string_view text, Visitor<Answer>& visitor) {
    if (depth_ == frames_.size()) {
        const Reply reply = bad_argument("commands within commands are nested too deeply");
        visitor.visit({.command = {}, .reply = reply});
        return;
    }
    Frame& frame = frames_[depth_++];
    bool goes_on = true;
    while (goes_on && !text.empty()) {
        const CommandText command = split_command(text);
        text = command.rest;
        if (command.text.empty()) continue;
        if (depth_ == 1 && context_.journal != nullptr) {
            // What a debugger wrote meanwhile is not this command's doing.
            set_label("from outside");
            context_.journal->commit();
            set_label(command.text);
        }
        const Reply& reply = execute(frame, command.text);
        goes_on = visitor.visit({.command = frame.arguments.command(), .reply = reply});
        // Commands within commands run while the answer is shown: only now it is all over.
        if (depth_ == 1) settle(reply);
        if (depth_ > 1 && !line_is_json_) live_.follow_at(context_.platform.nanoseconds());
        if (const auto* power = std::get_if<Power>(&reply)) end_machine(*power);
        if (std::holds_alternative<Stopped>(reply) && !was_interrupted(reply)) after_panic();
    }
    --depth_;
}

const Reply& Shell::execute(Frame& frame, std::string_view text) {
    if (const auto parsed = frame.parser.parse(text, frame.arguments); !parsed) {
        return frame.reply = bad_argument("{}", parsed.error().view());
    }
    if (depth_ > 1 && !line_is_json_ && line_has_flag(text, "--json")) {
        return frame.reply = bad_argument("'--json' is for whole lines: it belongs outside quotes");
    }
    const Command* command = find_command(frame.arguments.command());
    if (command == nullptr) return frame.reply = unknown_command(frame.arguments.command());
    if (const auto fits = check_arguments(*command, frame.arguments); !fits) {
        return frame.reply = fits.error();
    }
    if (session_.halted && changes(*command, frame.arguments)) {
        return frame.reply = refusal(ErrorCode::panic,
                                     "halted after a panic: only commands that look are allowed, "
                                     "and reboot and poweroff");
    }
    context_.heap.set_time(++session_.commands);
    if (depth_ == 1) {
        context_.heap.set_typed(session_.commands);
        session_.interrupted = false;
    }
    CommandTask task(*command, context_, frame);
    if (const Report* report = context_.platform.run_guarded(task)) {
        frame.reply = stopped(*report);
    }
    if (const auto* provoked = std::get_if<Provoked>(&frame.reply)) {
        context_.platform.remember(provoked->report);
    }
    if (const auto* committed = std::get_if<Committed>(&frame.reply);
        committed != nullptr && committed->report) {
        context_.platform.remember(*committed->report);
    }
    if (was_interrupted(frame.reply)) {
        context_.platform.interrupt_served();
        session_.interrupted = true;
    }
    return frame.reply;
}

/// Steps are called by what was typed, as far as there is room.
void Shell::set_label(std::string_view text) {
    context_.journal->set_label(cut_to(without_json_flag(text), mm::Journal::label_size));
}

/// What a command has changed becomes a step that can be undone. A refused one has changed nothing
/// that anybody could see; then no byte beside the heap shall tell of it either.
void Shell::settle(const Reply& reply) {
    if (context_.journal == nullptr) return;
    if (std::holds_alternative<Error>(reply)) {
        context_.journal->revert();
    } else {
        context_.journal->commit();
    }
}

/// Brings the heap's lock back and counts what the abandoned command leaves behind.
Reply Shell::stopped(const Report& report) {
    context_.heap.recover();
    CppHeapScope::close_all();
    Stopped stopped{.report = report};
    complete(stopped.report, context_.heap);
    stopped.left = count_leftovers(context_.heap, session_.commands);
    if (stopped.left.blocks > 0) {
        stopped.report.message.write("; ");
        write_leftovers(stopped.report.message, stopped.left);
    }
    if (report.code != ErrorCode::interrupted) context_.platform.remember(stopped.report);
    return stopped;
}

void Shell::show(const Answer& answer, bool json) {
    if (json) {
        render_json(answer, ++session_.sequence, context_, *this);
    } else {
        ++session_.sequence;
        render_text(answer, context_, *this);
    }
}

void Shell::end_machine(const Power& power) {
    live_.follow(false);
    if (power.reboot) {
        context_.platform.reboot();
    } else {
        context_.platform.poweroff(power.status);
    }
    print(context_.platform, "the machine did not obey\n");
}

void Shell::after_panic() {
    if (panic_mode_ == PanicMode::exit) {
        live_.follow(false);
        context_.platform.poweroff(127);
    }
    if (panic_mode_ == PanicMode::halt) session_.halted = true;
}

}  // namespace heap44::shell
