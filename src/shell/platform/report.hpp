// SPDX-License-Identifier: MIT
// What stopped a command: a panic, a CPU fault, Ctrl-C. Filled in where it happens, shown later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "mm/heap/damage/findings.hpp"
#include "mm/heap/heap_observer.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/platform/error.hpp"
#include "shell/platform/machine_facts.hpp"

namespace heap44::shell {

/// A register at the moment of a fault. A report lists them in the order in which people read them.
struct Register {
    std::string_view name;
    std::uint64_t value;
};

/// Why there was no memory, and in bytes: what was asked for, the largest hole, and all holes
/// together.
struct MemoryShortage {
    mm::Failure::Reason reason;
    std::uint64_t asked;
    std::uint64_t largest;
    std::uint64_t free;
    /// All that is free would have sufficed, were it one hole.
    bool fragmented;
};

/// The same bytes, or the same place, as seen from another block than the one that is named first.
struct OtherBlock {
    /// What it would be called; nothing where there is no code for it.
    std::optional<ErrorCode> code;
    mm::Block block;
    /// Of the address that it is about, from this block's start.
    std::int64_t offset;
};

/// One report. Text is complete in itself: `message` names the values that matter, so that the line
/// alone can be quoted. The other members say the same for programs.
///
/// It is a value of about one and a half KiB that is copied as a whole: what it speaks of (the
/// block, the bytes) may have changed by the time it is shown. It needs no memory from the heap,
/// since it is filled in when the heap may be broken.
struct Report {
    ErrorCode code = ErrorCode::panic;
    FixedText<256> message;
    /// The address that was touched, for a page fault; nothing where none is to tell.
    std::optional<std::uint64_t> address;
    /// The block that it is about, as it was then; nothing where none is near.
    std::optional<mm::Block> block;
    /// Where `address` lies from that block's start: negative in front of it.
    std::int64_t offset = 0;
    /// Another block that it may be about as well.
    std::optional<OtherBlock> also;
    /// The bytes touched or changed from `address` on; 0 where that is not known.
    std::size_t size = 0;
    /// What was done with those bytes; `none` where nothing was, or where that is not known.
    Access access = Access::none;
    /// The bytes around them, if they have been put right since: memory shows them no more.
    std::optional<mm::Dump> memory;
    /// For `out-of-memory`.
    std::optional<MemoryShortage> shortage;
    /// The instruction that failed, or the caller of what panicked; nothing where unknown.
    std::optional<std::uint64_t> caller;
    /// Who held what `caller` wanted, for a deadlock.
    std::optional<std::uint64_t> holder;
    /// A CPU exception's name ("page fault"), vector and error code; empty name for a panic.
    std::string_view exception;
    std::uint8_t vector = 0;
    std::uint64_t error_code = 0;
    /// What the error code and the address say, in words.
    FixedText<160> explanation;
    std::array<Register, 24> registers{};
    std::size_t register_count = 0;
    /// Return addresses, the innermost first.
    std::array<std::uint64_t, 16> backtrace{};
    std::size_t backtrace_depth = 0;
};

}  // namespace heap44::shell
