// SPDX-License-Identifier: MIT
// The shell: bytes in, lines, commands, answers out.
#pragma once

#include <cstdint>
#include <string_view>

#include "mm/heap/heap.hpp"
#include "mm/heap/history/journal.hpp"
#include "shell/answer/context.hpp"
#include "shell/answer/options.hpp"
#include "shell/completion.hpp"
#include "shell/input/line_editor.hpp"
#include "shell/interpreter.hpp"
#include "shell/render/live_map.hpp"
#include "shell/terminal_channel.hpp"

namespace heap44::shell {

/// Whether there is a person to greet, to prompt and to echo to.
enum class Conversation : std::uint8_t { off, on };

/// It never waits for input: whoever has bytes pushes them in. A fault in the shell itself is
/// answered like that of a command, and the next byte finds an empty line.
class Shell final {
public:
    /// All of these outlive it.
    Shell(mm::Heap& heap, Terminal& terminal, Guard& guard, Machine& machine,
          const Options& options, Conversation conversation = Conversation::on,
          mm::Journal* journal = nullptr);

    /// Shows the banner, runs the options' commands, and prompts.
    void start();
    /// Takes a byte; the one that ends a line runs it.
    void feed(InputByte byte);

    /// Runs one line as if it had been typed, and tells its answers.
    void run_line(std::string_view line);
    /// Tells the channel all answers, too, from now on.
    void add_channel(Channel& channel) { interpreter_.add_channel(channel); }
    /// For channels.
    [[nodiscard]] View view() const { return interpreter_.view(); }

private:
    const Report* run_guarded(auto&& work);
    [[nodiscard]] bool survives(auto&& work);
    void recover_prompt();
    void greet();
    void prompt();
    void take(InputByte byte);
    void handle(LineEditor::Event event);
    void refuse_line(ErrorCode code, std::string_view why);
    void follow_live();

    Session session_;
    Interpreter interpreter_;
    const Context& context_;
    Conversation conversation_;
    ShellCompleter completer_;
    LineEditor editor_;
    LiveMap live_;
    TerminalChannel channel_;
    // A line is run from here, since the editor goes on with the next.
    FixedText<max_line> line_;
};

}  // namespace heap44::shell
