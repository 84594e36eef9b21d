// SPDX-License-Identifier: MIT
#include "kernel/x86_64/watchpoints.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "kernel/x86_64/cpu.hpp"

namespace heap44::kernel {

namespace {

constinit std::array<shell::Watchpoint, watchpoint_limit> all{};
constinit std::array<std::optional<std::uint64_t>, watchpoint_limit> contents{};
constinit std::size_t count = 0;

// DR7, Intel SDM volume 3, 18.2.4: an enable bit for each register at twice its number, and four
// bits from 16 on that say what for (01: writes) and how many bytes (00, 01, 11, 10: 1, 2, 4, 8).
std::uint64_t control_of(std::size_t index) {
    constexpr std::uint64_t on_write = 0b01;
    constexpr std::array<std::uint64_t, 4> lengths{0b00, 0b01, 0b11, 0b10};
    const std::uint64_t length = lengths[static_cast<unsigned>(std::countr_zero(all[index].size))];
    return std::uint64_t{1} << (2 * index) | (length << 2 | on_write) << (16 + 4 * index);
}

}  // namespace

std::span<const shell::Watchpoint> watchpoints() {
    return std::span(all).first(count);
}

void add_watchpoint(const shell::Watchpoint& watch, std::optional<std::uint64_t> content) {
    all[count] = watch;
    contents[count++] = content;
    load_watchpoints();
}

std::optional<std::uint64_t> content_before(std::size_t index) {
    return contents[index];
}

void remove_watchpoint(std::size_t index) {
    const auto place = static_cast<std::ptrdiff_t>(index);
    std::shift_left(all.begin() + place, all.end(), 1);
    std::shift_left(contents.begin() + place, contents.end(), 1);
    --count;
    load_watchpoints();
}

void remove_watchpoints() {
    count = 0;
    load_watchpoints();
}

/// Off first, so that none hits while the addresses change.
void load_watchpoints() {
    write_dr7(0);
    std::uint64_t control = 0;
    for (std::size_t index = 0; index < count; ++index) {
        write_debug_address(static_cast<unsigned>(index), all[index].address.value);
        control |= control_of(index);
    }
    write_dr7(control);
}

}  // namespace heap44::kernel
