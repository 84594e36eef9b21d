// SPDX-License-Identifier: MIT
// What a command is: a row of the table.
//
// One row says all that is known of a command: `help` shows it, Tab completes by it, the
// interpreter checks words against it, and docs/shell.md is made of it. The function behind the row
// only does what is special about the command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <format>
#include <limits>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"
#include "shell/answer/reply.hpp"
#include "shell/input/parser.hpp"

namespace heap44::shell {

struct Context;

/// The groups of `help`, in its order.
enum class Group : std::uint8_t {
    allocate,
    look,
    cpp,
    memory,
    design,
    trouble,
    time,
    session,
    machine
};

[[nodiscard]] std::string_view name(Group group);

/// Whether a command is still allowed when a panic has halted the heap.
enum class Effect : std::uint8_t {
    looks,
    changes,
    sets,  ///< changes what it is told to, and looks where it is told nothing
};

struct Command {
    // What is typed first on a line; no two commands share it.
    std::string_view name;
    Group group;
    // What a halted heap still allows.
    Effect effect;
    /// What is typed: `alloc SIZE [align=N]`.
    std::string_view usage;
    /// What it does, in half a line.
    std::string_view summary;
    /// A line to try out. `{:#x}` in it stands for the address at which the heap starts.
    std::format_string<const std::uint64_t&> example;
    /// How many words without `=` and `--` it takes.
    std::size_t min_words;
    std::size_t max_words;
    /// The words that Tab offers, separated by spaces; those that end in `=` and those that begin
    /// with `--` are all the options that the command takes. `*`: whatever follows is text.
    std::string_view words;
    /// Called under guard, after `check_arguments`: it may rely on the number of words, and on
    /// options that it knows with a value each. It returns its answer, and prints nothing.
    Reply (*run)(Context& context, const Arguments& arguments);
    /// The word from which on its text is commands that it runs; 0 where it runs none.
    std::size_t runs_from = 0;
};

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

/// The code address of a command, which the ledger names as the caller of what was typed.
[[nodiscard]] inline std::uint64_t code_of(Reply (*run)(Context&, const Arguments&)) {
    return reinterpret_cast<std::uint64_t>(run);
}

/// All commands, sorted by group and within it in the order of `help`. They are constants.
[[nodiscard]] std::span<const Command> all_commands();

/// The command of this name, or null.
[[nodiscard]] const Command* find_command(std::string_view name);

/// The example of the command's row, for a heap that starts at `start`.
[[nodiscard]] FixedText<80> example_of(const Command& command, VirtAddr start);

/// Whether the words fit the command's row: options and flags that it knows, each option once and
/// with a value, as many words as it takes. Else an Error that names what is wrong.
[[nodiscard]] std::expected<void, Error> check_arguments(const Command& command,
                                                         const Arguments& arguments);

/// Whether the command, given these arguments, is one that a panic's halt forbids.
[[nodiscard]] bool changes(const Command& command, const Arguments& arguments);

/// An Error for a name that no command has, with the nearest one as a hint.
[[nodiscard]] Error unknown_command(std::string_view name);

}  // namespace heap44::shell
