// SPDX-License-Identifier: MIT
#include "kernel/backtrace.hpp"

#include "kernel/x86_64/stacks.hpp"
#include "lib/align.hpp"

namespace heap44::kernel {

namespace {

constexpr std::uint64_t word = sizeof(std::uint64_t);

// Whether `size` bytes at `address` lie on one of the stacks.
bool on_a_stack(std::uint64_t address, std::uint64_t size) {
    if (!is_aligned(address, word)) return false;
    for (const StackArea& stack : stacks()) {
        if (address >= stack.bottom.value && address <= stack.top.value - size) return true;
    }
    return false;
}

/// Volatile: the compiler knows nothing of who wrote these words.
std::uint64_t load(std::uint64_t address) {
    return *reinterpret_cast<const volatile std::uint64_t*>(address);
}

}  // namespace

std::uint64_t stack_word(std::uint64_t address) {
    return on_a_stack(address, word) ? load(address) : 0;
}

std::size_t walk_stack(std::uint64_t frame, std::span<std::uint64_t> into) {
    std::size_t depth = 0;
    while (depth < into.size() && on_a_stack(frame, 2 * word)) {
        const std::uint64_t return_address = load(frame + word);
        // A return address of 0 ends the chain: nobody returns there.
        if (return_address == 0) break;
        into[depth++] = return_address;
        const std::uint64_t next = load(frame);
        if (next <= frame) break;
        frame = next;
    }
    return depth;
}

void add_backtrace(shell::Report& report, std::uint64_t frame) {
    const std::span room = std::span(report.backtrace).subspan(report.backtrace_depth);
    report.backtrace_depth += walk_stack(frame, room);
}

}  // namespace heap44::kernel
