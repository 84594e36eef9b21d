// SPDX-License-Identifier: MIT
// The parts of an answer that is told while it is made, and the courses that such answers take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "lib/address.hpp"
#include "mm/heap/designs/parts/policy.hpp"
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
struct OperationDone {
    Operation operation;
    /// Nothing where an allocation failed, or where what failed is freed.
    std::optional<mm::Block> block;
};

struct ContestantBegun {
    std::string_view design;
    std::optional<mm::Policy> policy;
};
/// The heap still is what the commands made of it.
struct ContestantDone {};

struct BenchRowBegun {
    BenchRow row;
};
struct DesignBegun {
    std::string_view design;
};
struct BenchRowDone {};

/// A line of a script, from 1.
struct LineBegun {
    std::uint64_t number;
};
struct LineDone {};

/// A block or a hole that was there only then, or is there only now.
struct BlockDifference {
    bool added;
    mm::Block block;
};
struct HoleDifference {
    bool added;
    VirtAddr address;
    std::size_t size;
};

using Part =
    std::variant<OperationDone, ContestantBegun, ContestantDone, BenchRowBegun, DesignBegun,
                 BenchResult, BenchRowDone, LineBegun, LineDone, BlockDifference, HoleDifference>;

}  // namespace heap44::shell
