// SPDX-License-Identifier: MIT
// What Tab offers: commands, the words and options of a command, block numbers and names.
//
// What stands in the table is offered from there, so a new command needs nothing here. The rest is
// what only the heap and the machine know: names of blocks, designs, faults. Nothing is kept: Tab
// asks again each time.
#pragma once

#include "shell/input/line_editor.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class Machine;

class ShellCompleter final : public Completer {
public:
    ShellCompleter(const mm::Heap& heap, const Machine& machine) : heap_(heap), machine_(machine) {}
    /// See Completer. The word is the text behind the last space; an empty word has every
    /// candidate.
    std::size_t complete(std::string_view text, Visitor<std::string_view>& visitor) override;

private:
    void offer_arguments(std::string_view command, std::string_view word,
                         Visitor<std::string_view>& visitor);
    /// `#1`, `#2` where a `#` was typed, else the names that live blocks have.
    void offer_blocks(std::string_view word, Visitor<std::string_view>& visitor);

    const mm::Heap& heap_;
    const Machine& machine_;
};

}  // namespace heap44::shell
