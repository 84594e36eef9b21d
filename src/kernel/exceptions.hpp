// SPDX-License-Identifier: MIT
// What the kernel does when the processor raises an exception: describe it, then stop the
// computation that caused it, or go on where that makes sense.
//
//     trap --> handle_exception --> a watched write?  noted, and on
//                               --> describe_exception --> log --> breakpoint, debug, NMI: and on
//                                                              --> all others: stop(report)
//
// It runs on the stack of the exception, with interrupts off. Whatever it calls must work in any
// state: the heap may be broken and its lock taken, so nothing is allocated, and no lock is asked
// for. A second exception in here halts the machine, with a line that says so.
#pragma once

#include "kernel/x86_64/traps.hpp"
#include "shell/platform/report.hpp"

namespace heap44::kernel {

/// Called by the trap entry with interrupts off. Returns only after what may go on: breakpoint and
/// debug exceptions.
void handle_exception(TrapFrame& frame);

/// Names the block that the report's address has most to do with, if it is near the heap.
void place_in_heap(shell::Report& report);

/// Fills in the report on an exception. `fault_address` is CR2, read before anything could change
/// it; `debug_status` is DR6.
void describe_exception(shell::Report& report, const TrapFrame& frame, std::uint64_t fault_address,
                        std::uint64_t debug_status);

}  // namespace heap44::kernel
