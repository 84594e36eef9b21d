// SPDX-License-Identifier: MIT
// The functions behind the commands, one for each row of the table.
//
// Each takes what it works with and the words of its line, and returns its answer. The interpreter
// calls them under guard, after it has checked the words against the command's row. So they may
// rely on the number of words and on the options that there are; what the words mean they check
// themselves.
//
// All have the same order: read the words, ask the questions that may refuse, then change
// something. A command that answers with an Error has changed nothing.
#pragma once

#include "shell/answer/command.hpp"
#include "shell/answer/context.hpp"

namespace heap44::shell::commands {

/// Take and give back blocks. Refused: bad words first, then names in use, then a broken list.
Reply alloc(Context& context, const Arguments& arguments);
Reply zalloc(Context& context, const Arguments& arguments);
Reply realloc(Context& context, const Arguments& arguments);
Reply free(Context& context, const Arguments& arguments);
Reply reset(Context& context, const Arguments& arguments);
/// Only look. They answer with what is to be drawn; the renderer looks it up.
Reply heapmap(Context& context, const Arguments& arguments);
Reply freelist(Context& context, const Arguments& arguments);
Reply blocks(Context& context, const Arguments& arguments);
Reply block(Context& context, const Arguments& arguments);
Reply stats(Context& context, const Arguments& arguments);
Reply check(Context& context, const Arguments& arguments);
Reply mark(Context& context, const Arguments& arguments);
Reply leaks(Context& context, const Arguments& arguments);
/// C++ code on the heap (containers.cpp). Ctrl-C or a panic leaves behind what they have allocated.
Reply showcase(Context& context, const Arguments& arguments);
Reply boxtest(Context& context, const Arguments& arguments);
Reply vectest(Context& context, const Arguments& arguments);
Reply rctest(Context& context, const Arguments& arguments);
Reply strtest(Context& context, const Arguments& arguments);
Reply listtest(Context& context, const Arguments& arguments);
Reply dequetest(Context& context, const Arguments& arguments);
Reply heaptest(Context& context, const Arguments& arguments);
Reply maptest(Context& context, const Arguments& arguments);
Reply settest(Context& context, const Arguments& arguments);
Reply manyboxes(Context& context, const Arguments& arguments);
/// Memory at any address. Reading never faults, for the machine looks first whether it can be read.
Reply peek(Context& context, const Arguments& arguments);
/// The one that reads as C++ code does: a wrong read ends it.
Reply read(Context& context, const Arguments& arguments);
Reply poke(Context& context, const Arguments& arguments);
Reply fill(Context& context, const Arguments& arguments);
Reply where(Context& context, const Arguments& arguments);
Reply lastfault(Context& context, const Arguments& arguments);
Reply backtrace(Context& context, const Arguments& arguments);
Reply watch(Context& context, const Arguments& arguments);
Reply walk(Context& context, const Arguments& arguments);
Reply memmap(Context& context, const Arguments& arguments);
Reply frames(Context& context, const Arguments& arguments);
/// Exercises and experiments. Those that empty the heap ask for `--force` if blocks would be lost.
Reply why(Context& context, const Arguments& arguments);
Reply ops(Context& context, const Arguments& arguments);
Reply random(Context& context, const Arguments& arguments);
Reply bench(Context& context, const Arguments& arguments);
Reply stress(Context& context, const Arguments& arguments);
Reply compare(Context& context, const Arguments& arguments);
Reply policy(Context& context, const Arguments& arguments);
Reply allocator(Context& context, const Arguments& arguments);
/// Trouble, and what can be done about it.
Reply repair(Context& context, const Arguments& arguments);
Reply poison(Context& context, const Arguments& arguments);
Reply fault(Context& context, const Arguments& arguments);
Reply bug(Context& context, const Arguments& arguments);
Reply trace(Context& context, const Arguments& arguments);
Reply replay(Context& context, const Arguments& arguments);
Reply failafter(Context& context, const Arguments& arguments);
Reply live(Context& context, const Arguments& arguments);
/// Back to what was, and forth again.
Reply undo(Context& context, const Arguments& arguments);
Reply redo(Context& context, const Arguments& arguments);
Reply snapshot(Context& context, const Arguments& arguments);
Reply restore(Context& context, const Arguments& arguments);
Reply diff(Context& context, const Arguments& arguments);
/// Whether accesses of C++ code to the heap are judged.
Reply asan(Context& context, const Arguments& arguments);
/// The session, and at the end of the list the machine.
Reply help(Context& context, const Arguments& arguments);
Reply history(Context& context, const Arguments& arguments);
Reply echo(Context& context, const Arguments& arguments);
Reply repeat(Context& context, const Arguments& arguments);
Reply time(Context& context, const Arguments& arguments);
Reply ansi(Context& context, const Arguments& arguments);
Reply json(Context& context, const Arguments& arguments);
Reply version(Context& context, const Arguments& arguments);
Reply uptime(Context& context, const Arguments& arguments);
Reply log(Context& context, const Arguments& arguments);
Reply reboot(Context& context, const Arguments& arguments);
Reply poweroff(Context& context, const Arguments& arguments);

}  // namespace heap44::shell::commands
