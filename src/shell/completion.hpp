// SPDX-License-Identifier: MIT
// What Tab offers: commands, the words and options of a command, block numbers and names.
#pragma once

#include "mm/heap/heap.hpp"
#include "shell/line_editor.hpp"

namespace heap44::shell {

class ShellCompleter final : public Completer {
public:
    explicit ShellCompleter(const mm::Heap& heap, Platform& platform)
        : heap_(heap), platform_(platform) {}
    std::size_t complete(std::string_view text, Visitor<std::string_view>& visitor) override;

private:
    void offer_arguments(std::string_view command, std::string_view word,
                         Visitor<std::string_view>& visitor);
    void offer_blocks(std::string_view word, Visitor<std::string_view>& visitor);

    const mm::Heap& heap_;
    Platform& platform_;
};

}  // namespace heap44::shell
