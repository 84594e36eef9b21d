// SPDX-License-Identifier: MIT
// A report as text: what, where, by whom, then the registers and the way there.
#pragma once

#include "lib/text.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

void write_report(Output& output, const Report& report, const Machine& machine);

}  // namespace heap44::shell
