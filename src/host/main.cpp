// SPDX-License-Identifier: MIT
// heap44-host: the same shell and heap as a Linux program, lines from standard input.
//
//   echo 'alloc 64; heapmap' | heap44-host heap44.size=8K
#include <termios.h>
#include <unistd.h>

#include "host/faults.hpp"
#include "host/guard.hpp"
#include "host/heap.hpp"
#include "host/machine.hpp"
#include "host/terminal.hpp"
#include "shell/answer/notices.hpp"
#include "shell/shell.hpp"

namespace heap44 {

namespace {

/// While one lives, the terminal hands over every byte as it is typed and echoes none.
class RawTerminal {
public:
    RawTerminal() {
        tcgetattr(STDIN_FILENO, &before_);
        termios raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        // Enter arrives as '\r', as at the serial port; Ctrl-S and Ctrl-Q do not stop the output.
        raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
        // What was typed ahead is input like any other.
        tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    }
    ~RawTerminal() { tcsetattr(STDIN_FILENO, TCSADRAIN, &before_); }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios before_{};
};

host::HostTerminal& terminal() {
    static host::HostTerminal the_terminal;
    return the_terminal;
}

/// Makes heap, machine and shell, and feeds bytes until the input ends.
void serve(const shell::Options& options, shell::Conversation conversation) {
    mm::Heap& heap = host::make_heap(options.heap_size);
    // `memmap` and `where` tell of it.
    host::machine().set_heap(heap.start(), heap.end());
    heap.select(options.allocator.view());
    host::catch_faults();
    host::HostMachine& machine = host::machine();
    static shell::Shell shell(heap, terminal(), host::guard(), machine, options, conversation,
                              &host::make_journal(machine));
    shell.start();
    while (const auto byte = terminal().read()) shell.feed(*byte);
    // Where a file ends its last line ends; who hangs up has not pressed Enter.
    if (conversation == shell::Conversation::off) shell.feed({'\n', false});
}

}  // namespace

host::HostMachine& host::machine() {
    static HostMachine the_machine;
    return the_machine;
}

}  // namespace heap44

int main(int count, char** words) {
    using namespace heap44;
    static shell::Options options;
    for (int index = 1; index < count; ++index) shell::parse_argument(words[index], options);
    if (isatty(STDIN_FILENO) != 0) {
        // A person types: prompt, echo and line editing, as at the kernel's serial port.
        const RawTerminal terminal;
        serve(options, shell::Conversation::on);
    } else {
        // A pipe: only answers, and complaints about options, which the banner would have shown.
        for (std::size_t index = 0; index < options.complaint_count; ++index) {
            print(terminal(), "{}\n", options.complaints[index].view());
        }
        serve(options, shell::Conversation::off);
    }
    // Like `poweroff`: the heap is not taken apart, the program ends.
    host::machine().poweroff({});
}
