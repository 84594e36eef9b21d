// SPDX-License-Identifier: MIT
// Answers as text, kind by kind: the heap, memory, the session.
#pragma once

#include <span>
#include <string_view>

#include "shell/command.hpp"
#include "shell/executor.hpp"

namespace heap44::shell {

class HeapMarks;

class TextRenderer {
public:
    TextRenderer(Context& context, Executor& executor)
        : out_(context.platform), context_(context), executor_(executor) {}

    void answer(const Answer& answer);

private:
    void text(const Error& error);
    void text(const Stopped& stopped);
    void text(const Provoked& provoked);
    void notices();
    void text(const Repaired& repaired);
    void text(const Committed& committed);

    // --- the heap ---

    void text(const BlockList& list);
    void happenings(const BlockList& list);
    void happening(BlockList::Meaning meaning, const mm::Block& block);
    void label(const mm::Block& block);
    void table(const BlockList& list, std::string_view what);
    void text(const OneBlock& one);
    void text(const FreeList&);
    void text(const HeapMap& map);
    void text(const Stats&);
    void text(const Check&);
    void text(const LiveCount& count);
    void text(const Designs&);
    void text(const Steps& steps);
    void text(const Compare& compare);
    void text(const Operations& operations);
    void text(const RandomOperations& done);
    void text(const StressRun& run);
    void text(const Bench& bench);
    void text(const Search& search);

    // --- what happened ---

    void text(const TraceReply& reply);
    void trace_script(const mm::Trace& trace);
    void text(const Replayed& replayed);
    void text(const Script& script);
    void text(const FailAfter& plan);
    void leaks(const BlockList& list);
    // --- time ---

    void text(const StepsTaken& taken);
    void text(const SnapshotUsed& used);
    void text(const Difference& difference);

    // --- memory ---

    void text(const Bytes& bytes);
    void dump_row(VirtAddr address, std::span<const std::byte> row, HeapMarks& marks);
    void text(const Written& written);
    void text(const Place& place);
    void text(const LastReport& last);
    void text(const Backtrace& trace);
    void text(const Watches&);
    void text(const Walk& walk);
    void text(const Regions&);
    void text(const Frames& frames);

    // --- session and machine ---

    void text(const Help& help);
    void text(const HistoryList&);
    void text(const Echo& echo);
    void text(const Repeat& repeat);
    void text(const Switch& setting);
    void text(const Version&);
    void text(const Uptime& uptime);
    void text(const Log&);
    void text(const Power& power);
    void text(const Names& names);

    Output& out_;
    Context& context_;
    Executor& executor_;
    std::string_view command_;
};

}  // namespace heap44::shell
