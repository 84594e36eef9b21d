// SPDX-License-Identifier: MIT
// Runs lines of commands: each under guard, its answer told to every channel, its change a step.
//
//     run_line("repeat 2 alloc 8; stats")
//         run()  depth 0     repeat 2 alloc 8                 stats
//             begin_step()   label, sequence number           ...
//             execute()      parse, find, check, call
//                 run()      depth 1   alloc 8   alloc 8
//             tell_end()     notices, every channel
//             end_step()     a step of the journal, or back to before
//
// What was typed is a command at depth 0; what it runs has depth 1 and more. Only a typed command
// has a number (`sequence`), a step that can be undone, and a say in what a Ctrl-C ends. Each level
// has a Frame of its own, so a command's words stay valid while it runs others.
//
// Invariants: a typed command that is refused changes nothing, to the byte. An answer that was
// begun is ended on every channel, whatever stops it. After a command that was stopped the heap's
// lock is free.
//
// Cost: a command costs a parse, a search in the table, and what the journal compares.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "shell/answer/channel.hpp"
#include "shell/answer/command.hpp"
#include "shell/answer/context.hpp"
#include "shell/answer/notices.hpp"
#include "shell/answer/session.hpp"
#include "shell/answer/view.hpp"
#include "shell/input/parser.hpp"

namespace heap44::shell {

class KeptWatchpoints;

/// There is one for each shell, and it runs on one thread: nothing here is called from an
/// interrupt.
class Interpreter final : public Executor {
public:
    static constexpr std::size_t most_channels = 4;

    /// All of these outlive it.
    Interpreter(mm::Heap& heap, Terminal& terminal, Guard& guard, Machine& machine,
                Session& session, const Options& options, mm::Journal* journal)
        : context_{heap, terminal, guard, machine, session, *this, options, journal},
          session_(session) {}
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    [[nodiscard]] const Context& context() const { return context_; }
    /// For channels.
    [[nodiscard]] View view() const {
        return {context_.heap, context_.machine, session_, context_.terminal};
    }
    /// Tells the channel all answers from now on; there are fewer than `most_channels`.
    void add_channel(Channel& channel) { channels_[channel_count_++] = &channel; }

    /// Runs the commands of one line. If a quote is not closed nothing is run, for it is not known
    /// where the commands end.
    void run_line(std::string_view line);
    /// Answers for a line of which nothing is run.
    void refuse_line(ErrorCode code, std::string_view why);
    /// Answers for a fault outside of any command, in the shell itself. It ends what was under way,
    /// as far as it had come.
    void abandon(const Report& report);

    // --- for commands ---

    void begin(Course course) override;
    void tell(const Part& part) override;
    void run(std::string_view text, Visitor<Answer>& visitor) override;
    void for_each_command(std::string_view text, Visitor<Arguments>& visitor) override {
        (void)visit_commands(text, depth_, visitor);
    }
    void refuse(const Error& error, Visitor<Answer>& visitor) override;

private:
    class CommandTask;

    /// What one level of `repeat` and its like needs; static, since stacks are small.
    struct Frame {
        Parser parser;
        Arguments arguments;
        Reply reply;
    };

    /// `execute` finds the command of the text and calls it, or makes the Error that refuses it;
    /// `call` runs it under guard. Both leave the answer in the frame.
    void execute(Frame& frame, std::string_view text);
    void call(const Command& command, Frame& frame);
    /// Those of one level, in a frame that is not in use. False where the visitor wants no more.
    bool visit_commands(std::string_view text, std::size_t level, Visitor<Arguments>& visitor);
    void forget_writes(const KeptWatchpoints& before);
    /// What surrounds a typed command, so that its change is one step.
    void begin_step(std::string_view text);
    void end_step(const Reply& reply);
    [[nodiscard]] Stopped stopped(const Report& report);
    /// The end of an answer, for every channel. The reply is replaced where drawing it was stopped.
    void tell_end(std::string_view command, Reply& reply);
    void take_notices();
    void heed(const Reply& reply);
    /// If the machine is to end.
    void end_machine();
    void for_each_channel(auto&& work) const {
        for (std::size_t index = 0; index < channel_count_; ++index) work(*channels_[index]);
    }

    Context context_;
    Session& session_;
    std::array<Channel*, most_channels> channels_{};
    std::size_t channel_count_ = 0;
    Notices notices_;
    std::array<Frame, command_levels> frames_;
    // The frames in use: commands that are under way, each run by the one before it.
    std::size_t depth_ = 0;
    // From the beginning of a typed command to the end of its answer.
    bool is_answering_ = false;
    // Whether the typed line is answered in JSON. If it is not, no command within a command may ask
    // for JSON: a part of an answer cannot have another form.
    bool line_is_json_ = false;
};

}  // namespace heap44::shell
