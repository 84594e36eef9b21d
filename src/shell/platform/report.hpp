// SPDX-License-Identifier: MIT
// What stopped a command: a panic, a CPU fault, Ctrl-C. Filled in where it happens, shown later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "mm/heap/damage/damage.hpp"
#include "mm/heap/ledger/block.hpp"
#include "shell/platform/error.hpp"

namespace heap44::shell {

/// The registers at the moment of a fault, in the order in which people read them.
struct Register {
    std::string_view name;
    std::uint64_t value;
};

/// Why there was no memory.
struct MemoryShortage {
    std::uint64_t asked;
    std::uint64_t largest;
    std::uint64_t free;

    /// No hole is large enough, but all that is free would have sufficed, were it in one piece.
    [[nodiscard]] bool is_fragmented() const { return free >= asked && largest < asked; }
};

/// One report. Text is complete in itself: `message` names the values that matter.
struct Report {
    ErrorCode code = ErrorCode::panic;
    FixedText<256> message;
    /// The address that was touched, for a page fault; nothing where none is to tell.
    std::optional<std::uint64_t> address;
    /// The block that it is about, as it was then; nothing where none is near.
    std::optional<mm::Block> block;
    /// Where `address` lies from that block's start: negative in front of it.
    std::int64_t offset = 0;
    /// The bytes touched or changed from `address` on; 0 where that is not known.
    std::size_t size = 0;
    /// What was around them, where it has been put right since.
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
