// SPDX-License-Identifier: MIT
// Damage to the heap in words: for reports, for refusals, for `check`.
#pragma once

#include "lib/text.hpp"
#include "mm/heap/damage/damage.hpp"
#include "shell/platform/report.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// The error code that a kind of damage has in the shell's contract.
[[nodiscard]] ErrorCode code_of(mm::Damage::Kind kind);

/// The other block to blame, as reports and errors have it.
[[nodiscard]] std::optional<OtherBlock> other_block(const std::optional<mm::Damage::Other>& other);

/// `; also 1 byte in front of #2`; nothing where there is no other block.
void write_other(Output& output, const std::optional<mm::Damage::Other>& other);

/// What was changed, whose it was, and who had it when.
[[nodiscard]] FixedText<256> describe(const mm::Damage& damage);

/// Which hole has which value, what it should have, and what is wrong with it.
[[nodiscard]] FixedText<256> describe(const mm::BrokenWord& word, const mm::Heap& heap);

[[nodiscard]] Report report_of(const mm::Damage& damage);

/// Completes a report on a panic: what is known of the address that it is about, and of the heap.
/// The panic itself knew only its message, for it happens in places that must not look around.
void complete(Report& report, const mm::Heap& heap);

}  // namespace heap44::shell
