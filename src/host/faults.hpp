// SPDX-License-Identifier: MIT
// The hardware stops whoever touches the unmapped pages of the heap's window: a page fault in the
// kernel, a signal here.
//
// The kernel's scenarios with guard-page then mean the same here, with the same words in the
// reports.
#pragma once

namespace heap44::host {

/// From now on such an access ends the command that makes it, with the report that the kernel would
/// give. Other faults are mistakes of this program and end it, as ever.
void catch_faults();

}  // namespace heap44::host
