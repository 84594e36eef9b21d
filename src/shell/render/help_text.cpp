// SPDX-License-Identifier: MIT
#include "shell/render/help_text.hpp"

namespace heap44::shell {

void write_help(Output& output) {
    constexpr std::size_t widest = 78;
    constexpr std::size_t indent = 17;
    const Command* before = nullptr;
    std::size_t column = 0;
    for (const Command& command : all_commands()) {
        if (before == nullptr || before->group != command.group) {
            print(output, "{}  {:<15}", before == nullptr ? "" : "\n", name(command.group));
            column = indent;
        } else if (column + command.name.size() + 1 > widest) {
            print(output, "\n{:<{}}", "", indent);
            column = indent;
        }
        print(output, " {}", command.name);
        column += command.name.size() + 1;
        before = &command;
    }
    output.write(
        "\n\n'help COMMAND' tells more. Begin with: alloc 64, then heapmap, then free #1.\n"
        "Sizes: 64, 0x40, 4K. Blocks: #1, name, address. Tab completes, ';' separates.\n");
}

void write_help(Output& output, const Command& command, VirtAddr start) {
    print(output, "{}\n  {}\n  example: {}\n", command.usage, command.summary,
          example_of(command, start).view());
}

}  // namespace heap44::shell
