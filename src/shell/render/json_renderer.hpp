// SPDX-License-Identifier: MIT
// Answers as JSON, kind by kind: the heap, memory, the session.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "shell/code_text.hpp"
#include "shell/command.hpp"
#include "shell/executor.hpp"
#include "shell/render/json_writer.hpp"

namespace heap44::shell {

/// Writes the keys of one answer, those that come behind `ok`, `seq` and `command`.
class JsonRenderer {
public:
    JsonRenderer(JsonWriter& json, Context& context, Executor& executor)
        : json_(json), context_(context), executor_(executor) {}

    void answer(const Answer& answer, const std::uint64_t* sequence);

private:
    void keys(const Error& error);
    void keys(const Stopped& stopped);
    void keys(const Provoked& provoked);
    void keys(const Committed& committed);

    void report(const Report& report);
    void notices();
    void dump(const mm::Dump& dump);
    void keys(const Repaired& repaired);
    void shortage(const std::optional<MemoryShortage>& shortage);

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
    void policy();
    void keys(const Stats&);
    void figures(const mm::HeapStats& stats);
    void keys(const Check&);
    void keys(const LiveCount& count);
    void keys(const Designs&);
    void keys(const Steps& steps);
    void keys(const Compare& compare);
    void keys(const Operations& operations);
    void keys(const RandomOperations& done);
    void keys(const StressRun& run);
    void keys(const Bench& bench);
    void keys(const Search& search);

    void keys(const TraceReply& reply);
    void record(const mm::TraceRecord& record);
    void keys(const Replayed& replayed);
    void keys(const Script& script);
    void keys(const FailAfter& plan);
    void keys(const StepsTaken& taken);
    void keys(const SnapshotUsed& used);
    void keys(const Difference& difference);

    void keys(const Bytes& bytes);
    void keys(const Written& written);
    void keys(const Place& place);
    void keys(const LastReport& last);
    void keys(const Backtrace& trace);
    void keys(const Watches&);
    void keys(const Walk& reply);
    void walk(const Walk& reply);
    void keys(const Regions&);
    void keys(const Frames& frames);

    void keys(const Help& help);
    void keys(const HistoryList&);
    void keys(const Echo& echo);
    void keys(const Repeat& repeat);
    void keys(const Switch& setting);
    void keys(const Version&);
    void keys(const Uptime& uptime);
    void keys(const Log&);
    void keys(const Power& power);
    void keys(const Names& names);

    static std::optional<VirtAddr> as_address(std::optional<std::uint64_t> value);

    JsonWriter& json_;
    Context& context_;
    Executor& executor_;
};

}  // namespace heap44::shell
