// SPDX-License-Identifier: MIT
// A code address as people read it.
#pragma once

#include <cstdint>

#include "lib/text.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

/// What a code address is: that of an instruction, or the one to which a call returns, where the
/// call itself stands in front of it and is what people want to see.
enum class CodeUse : std::uint8_t { returns, instruction };

/// What the report's caller is.
[[nodiscard]] inline CodeUse caller_use(const Report& report) {
    return report.exception.empty() ? CodeUse::returns : CodeUse::instruction;
}

/// As describe_code, but with the line of the call for an address to which one returns.
[[nodiscard]] std::optional<CodePlace> describe(const Machine& machine, std::uint64_t code,
                                                CodeUse use = CodeUse::returns);

/// The name without those parts that all names here have in common.
[[nodiscard]] std::string_view short_name(const CodePlace& place);

/// `function+0x12 (file.cpp:34)`, or the address alone where no function is known.
[[nodiscard]] FixedText<192> code_text(const Machine& machine, std::uint64_t code,
                                       CodeUse use = CodeUse::returns);

/// `function (file.cpp:34)`: the offset only where no line is known.
[[nodiscard]] FixedText<192> line_text(const Machine& machine, std::uint64_t code,
                                       CodeUse use = CodeUse::returns);

}  // namespace heap44::shell
