// SPDX-License-Identifier: MIT
// Answers as text, kind by kind: the heap, memory, the session.
//
//     end(answer) --> text(reply): the function for this kind --> notices(): damage, watched writes
//     part(told)  --> part(each)
//
// There is one function for each kind of answer and of part, so std::visit finds them by their
// type, and the compiler complains where one is missing. Lines fit into 80 columns where that is
// possible, begin with what one looks for, and say without colours all that they say with them.
//
// It may be stopped at any point (a design of somebody's own can fault while it is asked): text
// needs no closing, so what has been written simply stands.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "shell/answer/channel.hpp"
#include "shell/answer/view.hpp"
#include "shell/render/heap_picture.hpp"
#include "shell/render/listing.hpp"

namespace heap44::mm {
class Trace;
}  // namespace heap44::mm

namespace heap44::shell {

class HeapMarks;

/// It keeps no answer. What it keeps between calls is where it stands: which answers are open,
/// which line of a script, which row of a benchmark.
class TextRenderer final : public Channel {
public:
    TextRenderer(Output& output, const View& view)
        : out_(output), view_(view), listing_(view.terminal) {}

    void begin(const Opening& opening) override;
    void part(const Part& part) override;
    bool end(const Answer& answer) override;

private:
    void text(const Error& error);
    void text(const Stopped& stopped);
    void text(const Provoked& provoked);
    /// Writes each watchpoint's report and each damage as a report of its own.
    void notices(const Notices& notices);
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
    void text(const Trial& trial);
    void part(const ContestantBegun& begun);
    void part(const ContestantDone&);
    void maps(std::span<const Contestant> contestants);
    void text(const Compared& compared);
    void part(const OperationDone& done);
    void text(const Operated&) {}
    void text(const RandomOperations& done);
    void text(const StressRun& run);
    void part(const BenchRowBegun& begun);
    void part(const DesignBegun& begun);
    void part(const BenchResult& result);
    void part(const BenchRowDone&);
    void part(const Progress& progress);
    void show_progress(std::string_view text);
    void erase_progress();
    void text(const Benched&) {}
    void text(const Search& search);

    // --- what happened ---

    void text(const TraceReply& reply);
    void trace_script(const mm::Trace& trace);
    void text(const Replayed& replayed);
    /// The line's number is told only where a command of that line fails.
    void part(const LineBegun& begun) { lines_[depth_ - 1] = begun.number; }
    void part(const LineDone&) {}
    void text(const ScriptRun& run);
    void text(const FailAfter& plan);
    void leaks(const BlockList& list);
    // --- time ---

    void text(const StepsTaken& taken);
    void text(const SnapshotUsed& used);
    void part(const BlockDifference& difference);
    void part(const HoleDifference& difference);
    void text(const Difference& difference);

    // --- memory ---

    void text(const Bytes& bytes);
    void dump_row(VirtAddr address, std::span<const std::byte> row, HeapMarks& marks);
    void text(const Written& written);
    void text(const AddressInfo& info);
    void text(const LastReport& last);
    void text(const Backtrace& trace);
    void text(const Watchpoints&);
    void text(const Walk& walk);
    void text(const Regions&);
    void text(const Frames& frames);

    // --- session and machine ---

    void text(const Help& help);
    void text(const HistoryList&);
    void text(const Echo& echo);
    void text(const Repeated& repeated);
    void text(const Switch& setting);
    void text(const Version&);
    void text(const Uptime& uptime);
    void text(const Log&);
    void text(const Power& power);
    void text(const Names& names);

    /// Whether what is said at this depth is within a comparison, which only tells what fails.
    [[nodiscard]] bool is_quiet(std::size_t depth) const;

    Output& out_;
    const View view_;
    std::string_view command_;
    // The answers that have begun and not ended, and what they are.
    std::array<Course, answer_levels> courses_{};
    std::size_t depth_ = 0;
    // Cuts long listings short, where Ctrl-C asks for it.
    Listing listing_;
    // Of each script, the line.
    std::array<std::uint64_t, answer_levels> lines_{};
    // Of a benchmark, the row with its figures so far.
    BenchRow row_{};
    std::array<BenchResult, 64> results_;
    std::size_t result_count_ = 0;
    bool shows_progress_ = false;
    // Of a comparison, the maps so far.
    std::array<HeapPicture, 16> pictures_;
    std::size_t picture_count_ = 0;
};

}  // namespace heap44::shell
