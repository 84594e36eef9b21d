// SPDX-License-Identifier: MIT
// Answers as JSON, kind by kind: the heap, memory, the session.
//
//     {"seq":7,"command":"repeat","results":[{"ok":true,...},{"ok":true,...}],"ok":true,...}
//     |        begin()                       end(), depth 1  end(), depth 1  |  end(), depth 0
//
// An answer that only ends is written at once. One that begins first stays open, and what comes
// meanwhile stands in its list. `levels_` knows how deep the writer was in each open answer, so
// `end` can close whatever a fault has left open, and the line is valid JSON in any case.
//
// The keys are a contract (docs/shell.md): they keep their names and their types. Where a key
// belongs to all answers of a kind, a value that is not known is null and not missing, so that
// programs need no second way to read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "shell/answer/channel.hpp"
#include "shell/answer/view.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/render/json/json_writer.hpp"

namespace heap44::shell {

/// Writes an object a line. What stops in the middle leaves a whole line, too: the end of an answer
/// first closes all that was opened since the answer began.
class JsonRenderer final : public Channel {
public:
    JsonRenderer(Output& output, const View& view) : out_(output), view_(view), json_(output) {}

    void begin(const Opening& opening) override;
    void part(const Part& part) override;
    bool end(const Answer& answer) override;

    /// The keys of a difference, in the order in which its parts come.
    static constexpr std::array<std::string_view, 4> difference_lists{
        "removed", "added", "holes_removed", "holes_added"};

private:
    void open(std::string_view command, std::size_t depth, std::uint64_t sequence,
              std::optional<bool> ok);
    /// Parts: elements of the list that is open, or the brackets around them.
    void part(const OperationDone& done);
    void part(const ContestantBegun& begun);
    void part(const ContestantDone&);
    void part(const BenchRowBegun& begun) { row_ = begun.row; }
    void part(const DesignBegun&) {}
    void part(const BenchResult& result);
    void part(const BenchRowDone&) {}
    void part(const LineBegun& begun);
    void part(const LineDone&);
    void part(const BlockDifference& difference);
    void part(const HoleDifference& difference);
    void part(const Progress&) {}
    /// Closes the list at hand and opens this one, with those between them empty.
    void turn_to(std::string_view list);

    /// Writes the keys of a reply of this kind into the object that is open.
    void keys(const Error& error);
    void keys(const Stopped& stopped);
    void keys(const Provoked& provoked);
    void keys(const Committed& committed);

    /// Keys that several kinds of answers share.
    void report(const Report& report);
    void notices(const Notices& notices);
    void dump(const mm::Dump& dump);
    void keys(const Repaired& repaired);
    void other_block(const std::optional<OtherBlock>& other);
    void shortage(const std::optional<MemoryShortage>& shortage);

    /// What the heap's commands answer, and the keys that they share.
    void keys(const BlockList& list);
    void keys(const OneBlock& one);
    void block(const mm::Block& block);
    void history(const mm::Block& block);
    void code(std::string_view key, std::optional<std::uint64_t> address,
              CodeUse use = CodeUse::returns);

    void heap();
    void keys(const FreeList&);
    void keys(const HeapMap&);
    void tree();
    void policy_and_guard();
    void keys(const Stats&);
    void figures(const mm::HeapStats& stats);
    void keys(const Check&);
    void keys(const LiveCount& count);
    void keys(const Designs&);
    void keys(const Trial& trial);
    /// Exercises, then the trace, then time.
    void keys(const Compared& compared);
    void keys(const Operated&) {}
    void keys(const RandomOperations& done);
    void keys(const StressRun& run);
    void keys(const Benched&) {}
    void keys(const Search& search);

    void keys(const TraceReply& reply);
    void record(const mm::TraceRecord& record);
    void keys(const Replayed& replayed);
    void keys(const ScriptRun& run);
    void keys(const FailAfter& plan);
    void keys(const StepsTaken& taken);
    void keys(const SnapshotUsed& used);
    void keys(const Difference& difference);

    /// Memory at an address.
    void keys(const Bytes& bytes);
    void keys(const Written& written);
    void keys(const AddressInfo& info);
    void keys(const LastReport& last);
    void keys(const Backtrace& trace);
    void keys(const Watchpoints&);
    void keys(const Walk& reply);
    void walk(const Walk& reply);
    void keys(const Regions&);
    void keys(const Frames& frames);

    /// Session and machine.
    void keys(const Help& help);
    void keys(const HistoryList&);
    void keys(const Echo& echo);
    void keys(const Repeated& repeated);
    void keys(const Switch& setting);
    void keys(const Version&);
    void keys(const Uptime& uptime);
    void keys(const Log&);
    void keys(const Power& power);
    void keys(const Names& names);

    static std::optional<VirtAddr> as_address(std::optional<std::uint64_t> value);

    Output& out_;
    const View view_;
    JsonWriter json_;
    // How deep the writer was within the answers that have begun and not ended.
    std::array<std::size_t, answer_levels> levels_{};
    std::size_t depth_ = 0;
    // The row of the benchmark at hand: figures come without it.
    BenchRow row_{};
    // The list of the answer begun last that is open now.
    std::string_view list_;
};

}  // namespace heap44::shell
