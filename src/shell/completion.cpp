// SPDX-License-Identifier: MIT
#include "shell/completion.hpp"

#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/command.hpp"
#include "shell/input/words.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell {

namespace {

/// The command that is being typed: what stands behind the last `;`, and behind the words of a
/// command that takes another one.
std::string_view innermost_command(std::string_view text) {
    // One cut for each `;` outside quotes.
    for (CommandText split = split_command(text); !split.rest.empty() || text.ends_with(';');
         split = split_command(text)) {
        text = split.rest;
        if (text.empty()) return text;
    }
    const auto skip_word = [&] {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        text.remove_prefix(std::min(text.find(' '), text.size()));
    };
    for (;;) {
        const std::string_view trimmed =
            text.substr(std::min(text.find_first_not_of(' '), text.size()));
        // `time` and `repeat` take another command: Tab then works as if it were typed alone.
        if (trimmed.starts_with("time ")) {
            skip_word();
        } else if (trimmed.starts_with("repeat ") &&
                   trimmed.substr(7).find(' ') != std::string_view::npos) {
            skip_word();
            skip_word();
        } else {
            return trimmed;
        }
    }
}

void offer(std::string_view candidate, std::string_view word, Visitor<std::string_view>& visitor) {
    if (!candidate.empty() && candidate.starts_with(word)) visitor.visit(candidate);
}

}  // namespace

std::size_t ShellCompleter::complete(std::string_view text, Visitor<std::string_view>& visitor) {
    const std::string_view command = innermost_command(text);
    const std::size_t space = command.rfind(' ');
    const bool is_first_word = space == std::string_view::npos;
    const std::string_view word = is_first_word ? command : command.substr(space + 1);
    if (is_first_word) {
        for (const Command& each : all_commands()) offer(each.name, word, visitor);
    } else {
        offer_arguments(command.substr(0, command.find(' ')), word, visitor);
    }
    return text.size() - word.size();
}

void ShellCompleter::offer_arguments(std::string_view command, std::string_view word,
                                     Visitor<std::string_view>& visitor) {
    const Command* row = find_command(command);
    // A command that does not exist takes no words.
    if (row == nullptr) return;
    for (const std::string_view each : words_of(row->words)) {
        if (each != "*") offer(each, word, visitor);
    }
    // Every command takes it, so it stands in no row.
    if (word.starts_with("--")) offer("--json", word, visitor);
    if (command == "help") {
        for (const Command& each : all_commands()) offer(each.name, word, visitor);
    } else if (command == "allocator") {
        for (const std::string_view each : mm::design_names()) offer(each, word, visitor);
    } else if (command == "fault") {
        for (const Named& each : machine_.faults()) offer(each.name, word, visitor);
    } else if (row->usage.contains("BLOCK")) {
        // The usage says that a block is wanted; live ones are offered, in address order.
        offer_blocks(word, visitor);
    }
}

void ShellCompleter::offer_blocks(std::string_view word, Visitor<std::string_view>& visitor) {
    const mm::Ledger& ledger = heap_.ledger();
    for (const mm::Block* block = ledger.live_from(heap_.start()); block != nullptr;
         block = ledger.live_after(*block)) {
        if (word.starts_with('#')) {
            offer(format_fixed<24>("#{}", block->number).view(), word, visitor);
        } else {
            offer(block->name.view(), word, visitor);
        }
    }
}

}  // namespace heap44::shell
