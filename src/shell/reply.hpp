// SPDX-License-Identifier: MIT
// What commands answer: values. The renderers make text or JSON of them; no command prints.
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
#include "mm/heap/block.hpp"
#include "mm/heap/heap.hpp"
#include "shell/error.hpp"
#include "shell/limits.hpp"
#include "shell/platform.hpp"
#include "shell/report.hpp"

namespace heap44::shell {

struct Command;

struct Walk {
    VirtAddr address;
    PageWalk walk;
};

/// A command was refused, and nothing changed. `message` is one line, complete in itself.
struct Error {
    ErrorCode code;
    FixedText<320> message;
    std::optional<VirtAddr> address;
    /// The block that the error speaks of, as it was then.
    std::optional<mm::Block> block;
    /// What to try instead, for the person: "did you mean 'alloc'?"
    FixedText<80> hint;
    /// The page tables' steps, where they are why.
    std::optional<Walk> walk;
};

/// A command was stopped in the middle. What it had allocated stays: so many blocks.
struct Stopped {
    Report report;
    std::size_t blocks_left = 0;
    std::size_t bytes_left = 0;
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
struct FreeList {};
struct HeapMap {
    std::size_t width;
};
struct Stats {};
struct Check {};
/// Answer of `mark` and `reset`: the blocks that were live at that moment.
struct LiveCount {
    std::size_t live;
    bool reset;
};
struct Designs {};

/// What a C++ command did, step by step.
struct Step {
    FixedText<64> label;
    std::optional<VirtAddr> address;
    std::optional<std::uint64_t> value;
    std::string_view suffix;
};
struct Steps {
    std::array<Step, max_steps> steps;
    std::size_t count = 0;
    bool passed = true;
    /// The last line of the text, where it is not just "passed".
    std::string_view closing;
};

struct Bytes {
    VirtAddr address;
    std::size_t size;
};
struct Regions {};
struct Frames {
    FrameCounts counts;
};

/// Null for all commands, else the one asked about.
struct Help {
    const Command* command;
};
struct HistoryList {};
struct Echo {
    std::string_view text;
};
/// Runs another command and answers with its results as they come.
struct Repeat {
    std::uint64_t count;
    std::string_view text;
    bool timed;
};
/// Runs commands against each design, or each fit, and shows them side by side.
struct Compare {
    std::string_view text;
    bool by_policy;
};
/// The operations of `ops`, carried out as they are shown.
struct Operations {
    std::string_view list;
};
/// What `random` did.
struct RandomOperations {
    std::uint64_t seed;
    std::uint64_t operations = 0;
    std::uint64_t allocations = 0;
    std::uint64_t frees = 0;
    std::uint64_t failures = 0;
};
/// A search for a block as it would be made now.
struct Search {
    mm::Layout layout;
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
};
/// Names with a summary each: what `fault` or `bug` can do.
struct Names {
    std::span<const FaultKind> names;
};
/// The report that a command provoked on purpose.
struct Provoked {
    Report report;
};

using Reply = std::variant<Error, Stopped, BlockList, OneBlock, FreeList, HeapMap, Stats, Check,
                           LiveCount, Designs, Steps, Bytes, Walk, Regions, Frames, Help,
                           HistoryList, Echo, Repeat, Compare, Operations, RandomOperations, Search,
                           Switch, Version, Uptime, Log, Power, Names, Provoked>;

}  // namespace heap44::shell
