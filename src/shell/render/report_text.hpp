// SPDX-License-Identifier: MIT
// A report as text: what, where, by whom, then the registers and the way there.
//
// The first line can be quoted alone. What follows is indented: the place, the block that it is
// about and its history, the bytes around it, registers, and the calls that led there. What is not
// known is left out.
#pragma once

#include "lib/text.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

class Machine;

/// Works also where the heap is broken: it asks only the report, and the machine for code and
/// bytes.
void write_report(Output& output, const Report& report, const Machine& machine);

}  // namespace heap44::shell
