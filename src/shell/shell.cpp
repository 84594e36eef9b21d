// SPDX-License-Identifier: MIT
#include "shell/shell.hpp"

#include "shell/answer/notices.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/version.hpp"

namespace heap44::shell {

Shell::Shell(mm::Heap& heap, Terminal& terminal, Guard& guard, Machine& machine,
             const Options& options, Conversation conversation, mm::Journal* journal)
    : interpreter_(heap, terminal, guard, machine, session_, options, journal),
      context_(interpreter_.context()),
      conversation_(conversation),
      completer_(heap, machine),
      editor_(terminal, session_.history, completer_),
      live_(terminal, heap),
      channel_(terminal, view(), live_) {
    session_.ansi = options.ansi;
    session_.json = options.json;
    editor_.set_echo(conversation == Conversation::on);
    interpreter_.add_channel(channel_);
    // From here on C++ code on this heap is judged.
    watch_accesses(heap, machine, guard);
}

void Shell::start() {
    (void)survives([&] {
        greet();
        if (!context_.options.run.empty()) run_line(context_.options.run.view());
    });
    recover_prompt();
}

void Shell::feed(InputByte byte) {
    if (!survives([&] { take(byte); })) recover_prompt();
}

/// The guard is for the shell's own mistakes, and for a heap that cannot be drawn. They are
/// answered under guard, too: then the answer is all that is lost.
bool Shell::survives(auto&& work) {
    const Report* report = run_guarded(context_.guard, work);
    if (report == nullptr) return true;
    const Report fault = *report;
    (void)run_guarded(context_.guard, [&] { interpreter_.abandon(fault); });
    channel_.end_line();
    return false;
}

/// Drawing the pinned map may be what fails: then it goes.
void Shell::recover_prompt() {
    if (survives([&] { prompt(); })) return;
    session_.live = false;
    (void)survives([&] { prompt(); });
}

/// What a person has to know to begin: what this is, where the heap lies, what was wrong with the
/// options.
void Shell::greet() {
    if (conversation_ == Conversation::off) return;
    Terminal& out = context_.terminal;
    const mm::Heap& heap = context_.heap;
    const Options& options = context_.options;
    print(out, "\nHeap44 {} ({}): a heap to look at\n", version, build);
    if (const auto frames = context_.machine.frames()) {
        print(out, "memory     {} MiB, {} MiB free\n", frames->total * page_size >> 20,
              frames->free * page_size >> 20);
    }
    print(out, "heap       {:#x} to {:#x}, {} KiB\n", heap.start().value, heap.end().value,
          heap.size() / 1024);
    print(out, "allocator  {}\n", heap.design());
    for (std::size_t index = 0; index < options.complaint_count; ++index) {
        print(out, "{}\n", options.complaints[index].view());
    }
    out.write(
        "'help' lists the commands; 'poweroff' ends, and so does Ctrl-] then x under 'make run'\n"
        "\n");
}

void Shell::prompt() {
    editor_.set_ansi(session_.ansi);
    editor_.start();
    follow_live();
}

void Shell::take(InputByte byte) {
    const LineEditor::Event event = editor_.feed(byte);
    if (event == LineEditor::Event::none) return;
    handle(event);
    // The command may have been `ansi`.
    editor_.set_ansi(session_.ansi);
}

void Shell::handle(LineEditor::Event event) {
    Terminal& out = context_.terminal;
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
            interpreter_.refuse_line(ErrorCode::line_too_long,
                                     "the line has more than 1,024 bytes; nothing of it was run");
            break;
        case LineEditor::Event::damaged:
            if (echoes) out.write("\n");
            interpreter_.refuse_line(ErrorCode::line_damaged,
                                     "the line lost a byte on its way; nothing of it was run");
            break;
        case LineEditor::Event::line:
            if (echoes) out.write("\n");
            // Copied before it runs: the editor's line is the next one from here on, and a command
            // may show the history.
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

void Shell::run_line(std::string_view line) {
    // The form is chosen before anything is parsed, so that an error of parsing has it, too.
    channel_.start_line(quotes_are_closed(line) && line_has_flag(line, "--json"));
    interpreter_.run_line(line);
    channel_.end_line();
}

}  // namespace heap44::shell
