// SPDX-License-Identifier: MIT
// ACPI's table of interrupt controllers (MADT): where the APICs are, and which line arrives where.
//
// It is a list of entries of different kinds; three of them matter here: an I/O APIC, a line that
// does not arrive at the input of its own number, and a local APIC beyond 4 GiB.
#pragma once

#include <optional>

#include "kernel/boot/acpi_tables.hpp"
#include "kernel/x86_64/apic.hpp"

namespace heap44::kernel {

/// What the table, as `find_table` found it, tells of the I/O APIC whose inputs are numbered from
/// 0. Nothing where it names none.
[[nodiscard]] std::optional<ApicLayout> apic_layout(Table madt);

}  // namespace heap44::kernel
