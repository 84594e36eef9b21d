// SPDX-License-Identifier: MIT
// A code address as people read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/machine_facts.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

class Machine;

/// What a code address is. An instruction's address is taken as it is. A return address is the one
/// behind a call: the call itself is what people want to see, and it stands in front.
enum class CodeUse : std::uint8_t { returns, instruction };

/// What the report's caller is: the instruction that raised a CPU exception, or else the place to
/// which the function that complained would have returned.
[[nodiscard]] inline CodeUse caller_use(const Report& report) {
    return report.exception.empty() ? CodeUse::returns : CodeUse::instruction;
}

/// As describe_code, but with the line of the call for an address to which one returns.
[[nodiscard]] std::optional<CodePlace> describe(const Machine& machine, std::uint64_t code,
                                                CodeUse use = CodeUse::returns);

/// The name without the namespaces that all names here have in common: `alloc`, not
/// `heap44::shell::commands::alloc`.
[[nodiscard]] std::string_view short_name(const CodePlace& place);

/// `function`, or the address alone where no function is known.
[[nodiscard]] FixedText<192> function_text(const Machine& machine, std::uint64_t code);

/// `function+0x12 (file.cpp:34)`, or the address alone where no function is known.
[[nodiscard]] FixedText<192> code_text(const Machine& machine, std::uint64_t code,
                                       CodeUse use = CodeUse::returns);

/// `function (file.cpp:34)`: the offset only where no line is known.
[[nodiscard]] FixedText<192> line_text(const Machine& machine, std::uint64_t code,
                                       CodeUse use = CodeUse::returns);

}  // namespace heap44::shell
