// SPDX-License-Identifier: MIT
// What commands answer: values. The renderers make text or JSON of them; no command prints, and no
// renderer acts.
//
// A reply that is short holds all that it says. One that would be long holds only what to look for
// (`BlockList`, `FreeList`, `HeapMap`, `Regions`), and the renderer looks it up while it draws,
// through a View that lets it change nothing. So no answer needs memory for its length.
//
// A new kind of answer is a struct here, a line in `Reply`, and a function in each of the two
// renderers; the compiler names the renderer that has none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/damage/findings.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/heap_stats.hpp"
#include "mm/heap/ledger/block.hpp"
#include "mm/page_walk.hpp"
#include "shell/answer/search.hpp"
#include "shell/explain/address_info.hpp"
#include "shell/explain/leftovers.hpp"
#include "shell/explain/problem.hpp"
#include "shell/platform/error.hpp"
#include "shell/platform/limits.hpp"
#include "shell/platform/machine_facts.hpp"
#include "shell/platform/report.hpp"

namespace heap44::mm {
struct TraceRecord;
}  // namespace heap44::mm

namespace heap44::shell {

struct Command;
struct StressOperation;

struct Walk {
    VirtAddr address;
    mm::PageWalk walk;
};

/// A command was refused, and nothing changed. `message` is one line, complete in itself.
struct Error {
    ErrorCode code;
    FixedText<320> message;
    std::optional<VirtAddr> address;
    /// The block that the error speaks of, as it was then.
    std::optional<mm::Block> block;
    /// Where `address` lies from that block's start, if the two are not the same.
    std::optional<std::int64_t> offset;
    /// Another block that it may be about as well, or that has the place of `block` now.
    std::optional<OtherBlock> also;
    /// What was to be done at `address`, where that is why it was refused.
    Access access = Access::none;
    /// For `out-of-memory`.
    std::optional<MemoryShortage> shortage;
    /// What to try instead, for the person: "did you mean 'alloc'?"
    FixedText<80> hint;
    /// The way through the page tables, where that is why.
    std::optional<Walk> walk;
};

/// Makes an Error with this message. The format is checked when the program is compiled.
template <class... Arguments>
[[nodiscard]] Error refusal(ErrorCode code, std::format_string<Arguments...> format,
                            Arguments&&... arguments) {
    Error error{.code = code, .message = {}};
    vprint(error.message, format.get(), std::make_format_args(arguments...));
    return error;
}

/// A command was stopped in the middle, by a panic, a fault or Ctrl-C. Nothing is taken back: what
/// it had allocated stays, and `left` counts it.
struct Stopped {
    Report report;
    Leftovers left;
};

/// Blocks of the ledger's, named by a rule: they are looked up as they are shown.
struct BlockList {
    enum class Which : std::uint8_t {
        numbered,  ///< live, with numbers `first` to `last`, in that order
        live,      ///< live, with numbers from `first`, in address order
        freed,     ///< freed by command number `first`, in the order of their freeing
    };
    enum class Meaning : std::uint8_t { allocated, resized, freed, listed, leaked };
    Which which;
    Meaning meaning;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

struct OneBlock {
    mm::Block block;
};
/// Each of these says which drawing is wanted; it is made of the heap as it then is.
struct FreeList {};
struct HeapMap {
    std::size_t width;
};
struct Stats {};
struct Check {};
/// Answer of `repair`: what was wrong, in the words of `check`, and what was put right.
struct Repaired {
    std::size_t problems;
    mm::Repair done;
    bool has_words;
};
/// Answer of `mark` and `reset`: how many blocks were live at that moment, before anything was
/// lost.
struct LiveCount {
    enum class What : std::uint8_t { marked, reset, reset_all };
    std::size_t live;
    What what;
};
/// Answer of `allocator` and `policy`: the design in use and those that there are.
struct Designs {};

/// One step of a C++ command: what it is about, and an address, or a value with a suffix.
struct TrialStep {
    FixedText<64> label;
    std::optional<VirtAddr> address;
    std::optional<std::uint64_t> value;
    std::string_view suffix;
};
/// All steps of a C++ command; whether each was as it should be.
struct Trial {
    std::array<TrialStep, max_steps> steps;
    std::size_t count = 0;
    bool passed = true;
    /// The last line of the text, where it is not just "passed".
    std::string_view closing;
};

/// Answer of `peek`. The bytes are read while they are drawn; the command has made sure that they
/// can be.
struct Bytes {
    VirtAddr address;
    std::size_t size;
};
/// What `poke` or `fill` wrote over; the warning is empty where all of it was one live payload.
struct Written {
    VirtAddr address;
    std::size_t size;
    FixedText<320> warning;
};
/// Answer of `lastfault`.
struct LastReport {
    std::optional<Report> report;
};
/// Return addresses, the innermost first: as many as `depth` says.
struct Backtrace {
    std::array<std::uint64_t, 32> code;
    std::size_t depth;
};
/// The watchpoints there are now.
struct Watchpoints {};
struct Regions {};
/// Counts of physical frames, for `frames`.
struct Frames {
    FrameCounts counts;
};

/// Null for all commands, else the one asked about.
struct Help {
    const Command* command;
};
struct HistoryList {};
/// Answer of `echo`: the text as it was typed.
struct Echo {
    std::string_view text;
};
/// The end of `repeat` and `time`.
struct Repeated {
    std::uint64_t count;
    bool timed;
    std::uint64_t runs = 0;
    /// Inner answers that were not ok.
    std::uint64_t failed = 0;
    std::uint64_t nanoseconds = 0;
    bool interrupted = false;
};
/// One that was compared, and what came of it.
struct Contestant {
    std::string_view design;
    std::optional<mm::Policy> policy;
    mm::HeapStats stats;
};
/// The end of `compare`: designs, or fits, side by side.
struct Compared {
    static constexpr std::size_t most = 16;
    std::array<Contestant, most> contestants{};
    std::size_t count = 0;
    bool interrupted = false;
};
/// The end of `ops`.
struct Operated {};
/// What `random` did.
struct RandomOperations {
    std::uint64_t seed;
    std::uint64_t operations = 0;
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t failures = 0;
    /// Frees of what had failed.
    std::uint64_t passed_over = 0;
};
/// What `stress` did. Where a check failed there is a problem, and the shortest sequence of
/// operations found that leads to it.
/// The sequence lies in the stress test's own memory, until the next `stress`.
struct StressRun {
    std::uint64_t seed;
    std::uint64_t operations = 0;
    std::uint64_t failures = 0;
    std::optional<Problem> problem;
    std::span<const StressOperation> sequence;
};
/// The end of `bench`.
struct Benched {};
/// A search for a block as it would be made now, and how it would end.
struct Search {
    mm::Layout layout;
    SearchResult result;
};
/// `ansi` or `json` and how it is set now.
struct Switch {
    bool on;
};
struct Version {};
struct Uptime {
    std::uint64_t nanoseconds;
};
struct Log {};
/// The machine is about to end; `status` goes to the one who started it.
struct Power {
    bool reboot;
    std::optional<std::uint8_t> status;
    /// Whether the machine can hand it on.
    bool delivered = false;
};
/// Names with a summary each: what `fault` or `bug` can do.
struct Names {
    std::span<const Named> names;
};
/// The report that a command provoked on purpose.
struct Provoked {
    Report report;
};
/// What `bug` did: the lines of the program that it ran, and what was found, if anything was.
struct Committed {
    std::string_view source;
    std::optional<Report> report;
    /// Why nothing was found; else empty.
    std::string_view note;
    Leftovers left;
};

/// The trace, which the session keeps: how it stands, or as the commands that repeat it.
struct TraceReply {
    bool script;
};
/// The trace was done again. The record is the trace's own.
struct Replayed {
    std::size_t done = 0;
    std::size_t elsewhere = 0;
    const mm::TraceRecord* first_elsewhere = nullptr;
    VirtAddr found;
};
/// The end of a script.
struct ScriptRun {
    std::uint64_t lines = 0;
    /// Inner answers that were not ok.
    std::uint64_t failed = 0;
    bool interrupted = false;
};
/// Answer of `failafter`: the allocation that comes so many from now on fails; 0 for none.
struct FailAfter {
    std::uint64_t count;
};

/// Steps taken back by `undo`, or done again by `redo`.
struct StepsTaken {
    bool forth;
    std::size_t steps;
    /// How many more there are in that direction.
    std::size_t remaining;
    /// Steps that are too old for the journal, the bytes it has, and those that steps take.
    std::uint64_t forgotten;
    std::size_t capacity;
    std::size_t used;
    /// The command of the last of them.
    FixedText<64> command;
};
/// A snapshot taken, or the heap brought back to one.
struct SnapshotUsed {
    static constexpr std::size_t most = 8;
    bool restored;
    FixedText<32> name;
    std::size_t live;
    /// The names of all there are now.
    std::array<FixedText<32>, most> names{};
    std::size_t count = 0;
};
/// The end of `diff`: how many blocks and holes differ, and how many bytes.
struct Difference {
    std::size_t items;
    std::size_t bytes;
};

// The order means nothing. The default is an Error, since a variant begins as its first type.
using Reply =
    std::variant<Error, Stopped, BlockList, OneBlock, FreeList, HeapMap, Stats, Check, Repaired,
                 LiveCount, Designs, Trial, Bytes, Written, AddressInfo, LastReport, Backtrace,
                 Watchpoints, Walk, Regions, Frames, Help, HistoryList, Echo, Repeated, Compared,
                 Operated, RandomOperations, StressRun, Benched, Search, Switch, Version, Uptime,
                 Log, Power, Names, Provoked, Committed, StepsTaken, SnapshotUsed, Difference,
                 TraceReply, Replayed, ScriptRun, FailAfter>;

}  // namespace heap44::shell
