// SPDX-License-Identifier: MIT
// The parts of an answer that is told while it is made, and the courses that such answers take.
//
// A part is told as soon as it is known and then forgotten, so that an answer of a million parts
// needs no more memory than one of ten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "lib/address.hpp"
#include "mm/heap/designs/parts/policy.hpp"
#include "mm/heap/heap_observer.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/answer/bench_row.hpp"

namespace heap44::shell {

/// What the parts of an answer are. Answers of inner commands stand between them.
enum class Course : std::uint8_t {
    repeat,      ///< answers only
    compare,     ///< ContestantBegun, answers, ContestantDone, and so on
    operations,  ///< OperationDone
    bench,       ///< BenchRowBegun, then DesignBegun and BenchResult for each design, BenchRowDone
    script,      ///< LineBegun, answers, LineDone
    difference,  ///< BlockDifference, then HoleDifference; each first what went, then what came
};

/// One operation of `ops`.
struct Operation {
    std::string_view text;
    bool frees;
    /// The size in bytes, or which of the list's allocations is freed, from 0.
    std::uint64_t value;
};
/// What became of it. The block is a copy, since a freed one may be forgotten soon.
struct OperationDone {
    Operation operation;
    /// Nothing where an allocation failed, or where what failed is freed.
    std::optional<mm::Block> block;
    /// Why an allocation failed.
    std::optional<mm::Failure::Reason> reason;
};

/// From here on the answers are those of the commands under this design, and this fit if there is
/// one.
struct ContestantBegun {
    std::string_view design;
    std::optional<mm::Policy> policy;
};
/// The commands have run, and the heap still is what they made of it: now its map and its figures
/// can be drawn. Afterwards the next one empties it.
struct ContestantDone {};

struct BenchRowBegun {
    BenchRow row;
};
/// Measuring a design takes a while; a person wants to know which one it is.
struct DesignBegun {
    std::string_view design;
};
struct BenchRowDone {};

/// A line of a script, from 1.
struct LineBegun {
    std::uint64_t number;
};
struct LineDone {};

/// A block or a hole that was there only before (`added` is false), or is there only now.
struct BlockDifference {
    bool added;
    mm::Block block;
};
struct HoleDifference {
    bool added;
    VirtAddr address;
    std::size_t size;
};

/// How far a command is that takes long. It may come at any time, also where no answer was begun,
/// and is nothing to be kept.
struct Progress {
    std::string_view what;
    std::uint64_t done;
    std::uint64_t total;
};

using Part = std::variant<OperationDone, ContestantBegun, ContestantDone, BenchRowBegun,
                          DesignBegun, BenchResult, BenchRowDone, LineBegun, LineDone,
                          BlockDifference, HoleDifference, Progress>;

}  // namespace heap44::shell
