// SPDX-License-Identifier: MIT
// Finds out how this machine's interrupts arrive, and brings those of the timer and of the serial
// port to their handlers.
//
//     8259 --> does the port's interrupt come? --> I/O APIC --> does it come? --> poll the port
//
// What firmware says of the serial port's line stands in ACPI's program code, which nobody here
// interprets. So the port is made to ask for an interrupt, and the line that rises is its own: the
// usual one is tried by itself, then all of them. Lines that interrupt unasked are masked at once.
//
// Cost: a tenth of a millisecond where the usual line rises, some 20 for each controller where
// nothing does.
#pragma once

#include <optional>

#include "kernel/x86_64/apic.hpp"

namespace heap44::kernel {

/// Handlers first, then the devices, then the processor. `layout` is what ACPI told of the APICs.
/// False where there is a serial port and nothing brings its interrupts: it is polled then.
[[nodiscard]] bool start_interrupts(const std::optional<ApicLayout>& layout);

}  // namespace heap44::kernel
