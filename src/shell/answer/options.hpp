// SPDX-License-Identifier: MIT
// The options of a start: `heap44.NAME=VALUE` on a command line.
//
// They come from the command line of the boot loader, from QEMU's fw_cfg, or from the words that
// the host program was started with. A bad option must not keep the machine from starting: it is
// left out, and the banner says so.
//
//     heap44.size=16K heap44.run="alloc 64; compare \"alloc 8\""
//
// Quotes hold a word together, wherever they stand in it, and are no part of it. A backslash makes
// `"`, `'` and itself ordinary characters; so GRUB, which undoes quotes, writes them again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "lib/address_plan.hpp"
#include "lib/text.hpp"
#include "shell/platform/limits.hpp"

namespace heap44::shell {

/// What the shell does after a command was stopped by a panic or a fault, and the report was shown.
enum class PanicMode : std::uint8_t {
    recover,  ///< back to the prompt
    halt,     ///< back to the prompt, but only commands that look are allowed
    exit,     ///< power off with status 127
};

struct Options {
    FixedText<32> allocator{"linked-list"};
    std::uint64_t heap_size = default_heap_size;
    bool ansi = false;
    bool json = false;
    PanicMode panic = PanicMode::recover;
    /// Commands to run at boot.
    FixedText<max_line> run;

    /// What was wrong with the options: a line each, for the banner. What does not fit is not told.
    std::array<FixedText<120>, 8> complaints;
    std::size_t complaint_count = 0;
    void complain(std::string_view line);
};

/// Bytes in a command line. Of a longer one nothing is obeyed: what is missing may have been the
/// end of an option.
inline constexpr std::size_t longest_command_line = 4096;

/// The least and the most bytes that `heap44.size` may ask for.
inline constexpr std::uint64_t smallest_heap = 4096;
inline constexpr std::uint64_t largest_heap = 16 << 20;
static_assert(heap_start + largest_heap < records_start);

/// Reads the options of one command line into `options`; later ones win. Words without `heap44.`
/// are somebody else's. An unknown or bad option is ignored and complained about.
void parse_options(std::string_view command_line, Options& options);
/// The same for a word that a program was started with. Who started it has undone his own quotes,
/// so spaces do not end it; only where its value is quoted again it is read like a command line.
void parse_argument(std::string_view word, Options& options);

}  // namespace heap44::shell
