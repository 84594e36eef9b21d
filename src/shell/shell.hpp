// SPDX-License-Identifier: MIT
// The shell: bytes in, lines, commands, answers out.
//
//     bytes --> LineEditor --> lines --> Interpreter --> answers --> TerminalChannel --> terminal
//                  ^                        |                                             |
//               history, completion         heap, machine                              LiveMap
//
// The shell owns what belongs to one person at one terminal: the session, the line that is being
// typed, the pinned map. It wires the parts together and says in which order they act; what they do
// is theirs.
//
// Every byte is taken under guard. A fault in a command is answered by the interpreter. A fault
// outside of commands (a mistake of the shell's own, a heap that cannot be drawn) is answered here,
// and the prompt comes back. Whoever feeds bytes sees neither.
//
// Cost: its memory is part of the object (history, trace, the words of commands that run commands).
// The object is static in both programs, for stacks are smaller.
#pragma once

#include <cstdint>
#include <string_view>

#include "mm/heap/history/journal.hpp"
#include "shell/answer/context.hpp"
#include "shell/answer/options.hpp"
#include "shell/completion.hpp"
#include "shell/input/line_editor.hpp"
#include "shell/interpreter.hpp"
#include "shell/render/live_map.hpp"
#include "shell/terminal_channel.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

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

    /// Shows the banner, runs the options' commands, and prompts. Call it once, before the first
    /// byte.
    void start();
    /// Takes a byte; the one that ends a line runs it, and returns when its answers have been told.
    void feed(InputByte byte);

    /// Runs one line as if it had been typed, and tells its answers.
    void run_line(std::string_view line);
    /// Tells the channel all answers, too, from now on: as many as `Interpreter::most_channels`,
    /// with the terminal's. The channel outlives the shell.
    void add_channel(Channel& channel) { interpreter_.add_channel(channel); }
    /// For channels.
    [[nodiscard]] View view() const { return interpreter_.view(); }

private:
    /// The same, and answers for a fault. False where the work was stopped.
    [[nodiscard]] bool survives(auto&& work);
    void recover_prompt();
    /// `greet` and `prompt` write what only a person needs; with Conversation::off neither is
    /// shown.
    void greet();
    void prompt();
    void take(InputByte byte);
    void handle(LineEditor::Event event);
    void follow_live();

    // In the order in which they need each other: the interpreter has the session, the channel the
    // map.
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
