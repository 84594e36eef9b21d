// SPDX-License-Identifier: MIT
// Damage to the heap in words: for reports, for refusals, for `check`.
#pragma once

#include <expected>

#include "lib/text.hpp"
#include "mm/heap/damage.hpp"
#include "mm/heap/heap.hpp"
#include "shell/report.hpp"

namespace heap44::shell {

struct Error;

[[nodiscard]] ErrorCode code_of(mm::Damage::Kind kind);

/// What was changed, whose it was, and who had it when.
[[nodiscard]] FixedText<256> describe(const mm::Damage& damage);

/// Which hole has which value, what it should have, and what is wrong with it.
[[nodiscard]] FixedText<256> describe(const mm::BrokenWord& word, const mm::Heap& heap);

[[nodiscard]] Report report_of(const mm::Damage& damage);

/// Says in a report on a panic what is known of the address that it is about, and of the heap.
void complete(Report& report, const mm::Heap& heap);

/// An Error where the words in the holes are not sound, so that the design cannot be asked.
[[nodiscard]] std::expected<void, Error> require_sound_holes(const mm::Heap& heap);

/// So much was asked for, so much there is.
[[nodiscard]] MemoryShortage shortage_of(const mm::Heap& heap, std::uint64_t size,
                                         std::uint64_t count);
void print_shortage(Output& output, const MemoryShortage& shortage);

}  // namespace heap44::shell
