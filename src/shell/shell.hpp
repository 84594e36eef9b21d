// SPDX-License-Identifier: MIT
// The shell: bytes in, lines, commands, answers out.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "mm/heap/heap.hpp"
#include "shell/command.hpp"
#include "shell/completion.hpp"
#include "shell/executor.hpp"
#include "shell/line_editor.hpp"
#include "shell/options.hpp"
#include "shell/platform.hpp"
#include "shell/render/live_map.hpp"

namespace heap44::shell {

/// Whether there is a person to greet, to prompt and to echo to.
enum class Conversation : std::uint8_t { off, on };

class Shell final : public Executor {
public:
    Shell(mm::Heap& heap, Platform& platform, const Options& options,
          Conversation conversation = Conversation::on, mm::Journal* journal = nullptr);

    /// Shows the banner, runs the options' commands, then serves the terminal until its input ends.
    void run();

    /// Runs one line as if it had been typed, and shows its answers.
    void run_line(std::string_view line);

    void run(std::string_view text, Visitor<Answer>& visitor) override;

private:
    class CommandTask;
    class ServeTask;

    /// What one level of `repeat` and its like needs; static, since stacks are small.
    struct Frame {
        Parser parser;
        Arguments arguments;
        Reply reply;
    };

    void greet();
    void serve();
    void handle(LineEditor::Event event);
    void refuse_line(ErrorCode code, std::string_view why);
    const Reply& execute(Frame& frame, std::string_view text);
    void set_label(std::string_view text);
    void settle(const Reply& reply);
    Reply stopped(const Report& report);
    void show(const Answer& answer, bool json);
    void end_machine(const Power& power);
    void after_panic();
    void follow_live();

    Session session_;
    Context context_;
    PanicMode panic_mode_;
    Conversation conversation_;
    const Options& options_;
    ShellCompleter completer_;
    LineEditor editor_;
    LiveMap live_;
    // Within its answer nothing else may be written.
    bool line_is_json_ = false;
    // A line is run from here, since the editor goes on with the next.
    FixedText<max_line> line_;
    std::array<Frame, 4> frames_;
    std::size_t depth_ = 0;
};

}  // namespace heap44::shell
