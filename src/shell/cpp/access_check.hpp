// SPDX-License-Identifier: MIT
// What becomes of the accesses of instrumented code: the ledger judges each before it happens.
//
// A usual address sanitizer keeps a byte of shadow for eight bytes of memory and puts red zones
// around blocks. That would change the heap that people came to see. Here each access is looked up
// in the ledger instead: slower, exact to the byte, and the heap stays as it is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "mm/heap/damage/access.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/machine_facts.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class Machine;

/// Names the heap that is judged, and who ends the code that must not go on. The shell calls it
/// when it is made; before that nothing is judged, for no scope is open.
void watch_accesses(mm::Heap& heap, const Machine& machine, Guard& guard);

/// Whether accesses are judged. They are, until somebody switches that off.
[[nodiscard]] bool accesses_are_checked();
void check_accesses(bool on);

/// `write of 4 bytes at 0x…, 8 bytes past #3 "vec" (64 bytes at 0x…)`.
[[nodiscard]] FixedText<320> describe(const mm::AccessFault& fault, Access access, VirtAddr address,
                                      std::size_t size, const Machine& machine);

/// Ends the computation with a report where the access would be wrong, and returns where it is
/// fine; `caller` is the code that is about to make it. Cost: one search in the ledger.
void check_access(VirtAddr address, std::size_t size, Access access, std::uint64_t caller);

}  // namespace heap44::shell
