// SPDX-License-Identifier: MIT
// The table of all commands: what `help`, Tab, the argument check and docs/shell.md go by.
//
// A row: name, group, effect, usage, summary, example (`{:#x}` in it is where the heap starts),
// least and most words, the words that Tab offers, the function, and for those that run others the
// word with which these begin. The effect is what a halted heap goes by: `looks` is still allowed
// after a panic, `changes` is not, `sets` is allowed where it only asks.

#include <algorithm>
#include <array>

#include "shell/answer/command.hpp"
#include "shell/commands/all.hpp"

namespace heap44::shell {

namespace {

using enum Group;
using enum Effect;
namespace run = heap44::shell::commands;

// clang-format off: a table reads best as a table.
constexpr std::array table{
    // What takes memory and gives it back.
    Command{"alloc", allocate, changes, "alloc SIZE [align=N] [count=N] [name=NAME]",
            "take a block of SIZE bytes", "alloc 64 align=16 name=buffer", 1, 1,
            "align= count= name=", run::alloc},
    Command{"zalloc", allocate, changes, "zalloc SIZE [align=N] [count=N] [name=NAME]",
            "take a block and fill it with zeros", "zalloc 4K", 1, 1,
            "align= count= name=", run::zalloc},
    Command{"realloc", allocate, changes, "realloc BLOCK SIZE",
            "resize a block, keeping its contents", "realloc #1 128", 2, 2, "", run::realloc},
    Command{"free", allocate, changes, "free BLOCK... | all | odd | even",
            "give blocks back", "free #2 buffer {:#x}", 1, any_number,
            "all odd even", run::free},
    Command{"reset", allocate, changes, "reset [--all]",
            "empty the heap and forget all blocks; --all: set all as at boot", "reset", 0, 0,
            "--all", run::reset},

    // What only looks. `mark` belongs here: it changes what is remembered, not the heap.
    Command{"heapmap", look, looks, "heapmap [width=N]",
            "draw the heap: blocks, padding, holes", "heapmap width=32", 0, 0,
            "width=", run::heapmap},
    Command{"freelist", look, looks, "freelist",
            "the holes in list order", "freelist", 0, 0, "", run::freelist},
    Command{"blocks", look, looks, "blocks",
            "the live blocks by address", "blocks", 0, 0, "", run::blocks},
    Command{"block", look, looks, "block BLOCK",
            "all about one block, live or freed", "block #1", 1, 1, "", run::block},
    Command{"stats", look, looks, "stats",
            "sizes, counts, fragmentation", "stats", 0, 0, "", run::stats},
    Command{"check", look, looks, "check",
            "compare the holes with the ledger", "check", 0, 0, "", run::check},
    Command{"mark", look, looks, "mark",
            "remember this moment for 'leaks'", "mark", 0, 0, "", run::mark},
    Command{"leaks", look, looks, "leaks",
            "the blocks allocated since 'mark' and not freed", "leaks", 0, 0, "", run::leaks},

    // C++ code that allocates.
    Command{"showcase", cpp, changes, "showcase",
            "Box, Vec and Rc of the blog post, in C++", "showcase", 0, 0, "", run::showcase},
    Command{"boxtest", cpp, changes, "boxtest",
            "two unique_ptr with 41 and 13", "boxtest", 0, 0, "", run::boxtest},
    Command{"vectest", cpp, changes, "vectest [N=1000]",
            "a vector that grows to N numbers", "vectest 1000", 0, 1, "", run::vectest},
    Command{"rctest", cpp, changes, "rctest [N=10]",
            "N shared_ptr that own one value", "rctest 3", 0, 1, "", run::rctest},
    Command{"strtest", cpp, changes, "strtest",
            "a string that outgrows itself", "strtest", 0, 0, "", run::strtest},
    Command{"listtest", cpp, changes, "listtest",
            "a linked list: one block a value", "listtest", 0, 0, "", run::listtest},
    Command{"dequetest", cpp, changes, "dequetest",
            "a queue with two ends", "dequetest", 0, 0, "", run::dequetest},
    Command{"heaptest", cpp, changes, "heaptest",
            "a priority queue (a binary heap)", "heaptest", 0, 0, "", run::heaptest},
    Command{"maptest", cpp, changes, "maptest",
            "an ordered map", "maptest", 0, 0, "", run::maptest},
    Command{"settest", cpp, changes, "settest",
            "an ordered set", "settest", 0, 0, "", run::settest},
    Command{"manyboxes", cpp, changes, "manyboxes [N=102400] [keep=on|off]",
            "N boxes one after the other; with keep=on one lives throughout",
            "manyboxes keep=on", 0, 1, "keep=", run::manyboxes},

    // Memory itself. `watch` changes no memory, so it is allowed even if the heap is halted.
    Command{"peek", memory, looks, "peek ADDR [LEN]",
            "the bytes at an address", "peek {:#x} 64", 1, 2, "", run::peek},
    Command{"read", memory, looks, "read BLOCK[+N] [LEN]",
            "read as C++ code does: what is wrong is stopped", "read #1+64 4", 1, 2, "", run::read},
    Command{"poke", memory, changes, "poke ADDR BYTES [--force]",
            "write bytes (two hex digits each) into a block", "poke {:#x} deadbeef", 2, 2,
            "--force", run::poke},
    Command{"fill", memory, changes, "fill BLOCK BYTE [--force]",
            "fill a block with one byte (two hex digits)", "fill #1 aa", 2, 2, "--force",
            run::fill},
    Command{"where", memory, looks, "where ADDR",
            "what stands at an address", "where {:#x}", 1, 1, "", run::where},
    Command{"watch", memory, looks, "watch [ADDR [LEN] | off]",
            "report the next write there (LEN 1, 2, 4 or 8)", "watch {:#x} 8", 0, 2,
            "off", run::watch},
    Command{"walk", memory, looks, "walk ADDR",
            "the page tables' way to an address", "walk {:#x}", 1, 1, "", run::walk},
    Command{"memmap", memory, looks, "memmap",
            "what virtual memory is used for", "memmap", 0, 0, "", run::memmap},
    Command{"frames", memory, looks, "frames",
            "physical memory: frames used and free", "frames", 0, 0, "", run::frames},

    // Designs, and what can be tried out with them. `why` takes back what it tries.
    Command{"allocator", design, sets, "allocator [NAME] [guard=front|behind] [--force]",
            "show or change the design of the heap", "allocator dummy", 0, 1,
            "guard= --force", run::allocator},
    Command{"policy", design, sets,
            "policy [fit=first|next|best|worst] [order=address|size|recent] [coalesce=on|off] [--force]",
            "show or change how linked-list searches and keeps its holes",
            "policy fit=best order=size", 0, 0, "fit= order= coalesce= --force", run::policy},

    Command{"why", design, looks, "why SIZE [align=N]",
            "the search for a hole before it is made", "why 64", 1, 1, "align=", run::why},
    Command{"compare", design, changes, "compare \"COMMANDS\" [by=design|policy] [--force]",
            "the same commands against each design, from an empty heap",
            "compare \"alloc 100 count=9; free odd; alloc 64\"", 1, 1, "by= --force",
            run::compare},
    Command{"ops", design, changes, "ops LIST",
            "+10,+20,-0: allocate 10, allocate 20, free the first", "ops +10,+20,-0", 1, 1, "",
            run::ops},
    Command{"random", design, changes, "random N [seed=S]",
            "N allocations and frees, the same for the same seed", "random 100 seed=7", 1, 1,
            "seed=", run::random},
    Command{"bench", design, changes, "bench [DESIGN...] [--force]",
            "measure designs: how fast they are, and how much fits", "bench linked-list indexed",
            0, any_number, "--force", run::bench},
    Command{"stress", design, changes, "stress N [seed=S] [--force]",
            "N random operations, every answer checked", "stress 10000 seed=7", 1, 1,
            "seed= --force", run::stress},

    // Trouble. A fault changes nothing on the heap; a bug does.
    Command{"fault", trouble, looks, "fault [NAME]",
            "provoke a CPU fault and show the report", "fault null", 0, 1, "", run::fault},
    Command{"lastfault", trouble, looks, "lastfault",
            "the last report once more", "lastfault", 0, 0, "", run::lastfault},
    Command{"backtrace", trouble, looks, "backtrace",
            "the calls that lead to this command", "backtrace", 0, 0, "", run::backtrace},
    // The words are the names that bugs.cpp has; a name that is not there is refused with the list.
    Command{"bug", trouble, sets, "bug [NAME]",
            "commit a classic heap error and show the report", "bug overflow", 0, 1,
            "leak double-free use-after-free overflow underflow over-read under-read "
            "read-after-free interior-free foreign-free wrong-layout array-delete cycle dangling "
            "deadlock corrupt-list", run::bug},
    Command{"asan", trouble, looks, "asan [on|off]",
            "stop C++ code before a wrong access to the heap", "asan off", 0, 1, "on off",
            run::asan},
    Command{"poison", trouble, sets, "poison [on|off]",
            "fill and watch free memory and padding", "poison off", 0, 1, "on off", run::poison},
    Command{"repair", trouble, changes, "repair",
            "put right what 'check' complains of", "repair", 0, 0, "", run::repair},
    Command{"failafter", trouble, sets, "failafter [K | off]",
            "let the K-th allocation from now fail", "failafter 3", 0, 1, "off", run::failafter},

    // Back and forth in time. A snapshot is a copy beside the heap, so taking one only looks.
    Command{"undo", Group::time, changes, "undo [N=1]",
            "take back the last N commands that changed the heap", "undo 3", 0, 1, "", run::undo},
    Command{"redo", Group::time, changes, "redo [N=1]",
            "do again what 'undo' took back", "redo", 0, 1, "", run::redo},
    Command{"snapshot", Group::time, looks, "snapshot NAME",
            "remember the heap as it is now", "snapshot before", 1, 1, "", run::snapshot},
    Command{"restore", Group::time, changes, "restore NAME",
            "make the heap again what it was at a snapshot", "restore before", 1, 1, "",
            run::restore},
    Command{"diff", Group::time, looks, "diff [NAME]",
            "what the last change, or all since a snapshot, made of the heap", "diff before", 0, 1,
            "", run::diff},
    Command{"trace", Group::time, looks, "trace [on|off|show]",
            "record what happens on the heap; show it as commands", "trace on", 0, 1,
            "on off show", run::trace},
    Command{"replay", Group::time, changes, "replay [--force] [--module]",
            "do what was traced again, or run the file that the boot loader brought",
            "replay --force", 0, 0, "--force --module", run::replay},
    Command{"live", Group::time, looks, "live [on|off]",
            "pin the map to the top of the terminal", "live on", 0, 1, "on off", run::live},

    // The session. `repeat` and `time` only look: the commands that they run are judged by
    // themselves.
    Command{"help", session, looks, "help [COMMAND]",
            "this list, or all about one command", "help alloc", 0, 1, "", run::help},
    Command{"history", session, looks, "history",
            "the lines typed so far", "history", 0, 0, "", run::history},
    // `*`: these three take text, in which `=` and `--` mean nothing to them.
    Command{"echo", session, looks, "echo [TEXT...]",
            "say TEXT", "echo now the second hole", 0, any_number, "*", run::echo},
    Command{"repeat", session, looks, "repeat N COMMAND",
            "run a command N times", "repeat 3 alloc 64", 2, any_number, "*", run::repeat, 2},
    Command{"time", session, looks, "time COMMAND",
            "run a command and say how long it took", "time vectest 1000", 1, any_number, "*",
            run::time, 1},
    Command{"ansi", session, looks, "ansi [on|off]",
            "colours and redrawing", "ansi on", 0, 1, "on off", run::ansi},
    Command{"json", session, looks, "json [on|off]",
            "answers as JSON lines; --json does it for one line", "json on", 0, 1, "on off",
            run::json},
    Command{"version", session, looks, "version",
            "which Heap44 this is", "version", 0, 0, "", run::version},

    // The machine. A halted heap must not keep anybody from starting anew.
    Command{"uptime", machine, looks, "uptime",
            "how long the machine has been running", "uptime", 0, 0, "", run::uptime},
    Command{"log", machine, looks, "log",
            "the kernel's messages since boot", "log", 0, 0, "", run::log},
    Command{"reboot", machine, looks, "reboot",
            "start the machine anew", "reboot", 0, 0, "", run::reboot},
    Command{"poweroff", machine, looks, "poweroff [STATUS]",
            "end the machine; STATUS (0 to 127) goes to the host", "poweroff", 0, 1, "",
            run::poweroff},
};
// clang-format on

/// Two rows of one name would hide the second one: `find_command` takes the first.
constexpr bool names_are_unique() {
    for (std::size_t left = 0; left < table.size(); ++left) {
        for (std::size_t right = left + 1; right < table.size(); ++right) {
            if (table[left].name == table[right].name) return false;
        }
    }
    return true;
}
static_assert(names_are_unique());
static_assert(std::ranges::is_sorted(table, {}, &Command::group), "help prints group by group");

}  // namespace

std::span<const Command> all_commands() {
    return table;
}

}  // namespace heap44::shell
