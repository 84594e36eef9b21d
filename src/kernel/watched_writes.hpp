// SPDX-License-Identifier: MIT
// Reports on writes to memory that is watched. The computation that wrote goes on.
//
// The debug exception comes right behind the instruction that wrote. So the report is made then,
// while the registers still tell who it was, and kept until the command's answer.
#pragma once

#include <cstdint>
#include <optional>

#include "kernel/x86_64/traps.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/report.hpp"

namespace heap44::kernel {

/// Reports each watchpoint that DR6 says was written to, and ends it. False where the debug
/// exception had another cause (a single step), which then is handled like any other.
bool note_watched_writes(const TrapFrame& frame, std::uint64_t debug_status);

/// What the watched memory holds; nothing where none is mapped, as where a block of `guard-page` is
/// gone.
[[nodiscard]] std::optional<std::uint64_t> content_of(const shell::Watchpoint& watch);

/// The next of those reports, or null; valid until the next call.
[[nodiscard]] const shell::Report* take_watchpoint_report();

}  // namespace heap44::kernel
