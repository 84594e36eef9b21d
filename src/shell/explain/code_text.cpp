// SPDX-License-Identifier: MIT
#include "shell/explain/code_text.hpp"

#include "shell/platform/machine.hpp"

namespace heap44::shell {

namespace {

enum class Offset : std::uint8_t { shown, only_without_line };

// Names are cut there, for templates have long ones.
constexpr std::size_t longest_name = 100;

/// The one function that makes text with an offset, or a line.
FixedText<192> text_of(const Machine& machine, std::uint64_t code, CodeUse use, Offset offset) {
    const auto place = describe(machine, code, use);
    if (!place) return format_fixed<192>("{:#x}", code);
    FixedText<192> text(short_name(*place).substr(0, longest_name));
    const bool has_line = place->line != 0;
    if (place->offset != 0 && (offset == Offset::shown || !has_line)) {
        print(text, "+{:#x}", place->offset);
    }
    if (has_line) print(text, " ({}:{})", place->file, place->line);
    return text;
}

}  // namespace

std::optional<CodePlace> describe(const Machine& machine, std::uint64_t code, CodeUse use) {
    auto place = machine.describe_code(code);
    // An offset of 0 is the function's own address: commands are named like that as callers.
    // Nothing returns to a function's first instruction, so no call in front of it is meant.
    if (!place || place->offset == 0 || use == CodeUse::instruction) return place;
    // One byte before the return address lies within the call, and so on its line. The offset stays
    // that of the return address, as debuggers show it.
    if (const auto call = machine.describe_code(code - 1)) {
        place->file = call->file;
        place->line = call->line;
    }
    return place;
}

std::string_view short_name(const CodePlace& place) {
    std::string_view name = place.name;
    for (const std::string_view common : {"heap44::shell::commands::", "heap44::"}) {
        if (name.starts_with(common)) name.remove_prefix(common.size());
    }
    return name;
}

FixedText<192> function_text(const Machine& machine, std::uint64_t code) {
    const auto place = machine.describe_code(code);
    if (!place) return format_fixed<192>("{:#x}", code);
    return FixedText<192>(short_name(*place).substr(0, longest_name));
}

FixedText<192> code_text(const Machine& machine, std::uint64_t code, CodeUse use) {
    return text_of(machine, code, use, Offset::shown);
}

FixedText<192> line_text(const Machine& machine, std::uint64_t code, CodeUse use) {
    return text_of(machine, code, use, Offset::only_without_line);
}

}  // namespace heap44::shell
