// SPDX-License-Identifier: MIT
#include "kernel/log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernel/devices/clock.hpp"
#include "kernel/x86_64/cpu.hpp"

namespace heap44::kernel {

namespace {

struct Line {
    std::uint64_t nanoseconds = 0;
    FixedText<160> text;
};

constexpr std::size_t capacity = 128;

constinit std::array<Line, capacity> lines;
constinit std::size_t written = 0;  // since boot; the line is at this number modulo the capacity

// A copy: an interrupt may overwrite the line while it is being shown.
Line copy_of(std::size_t number) {
    const InterruptsOff off;
    return lines[number % capacity];
}

}  // namespace

void add_log_line(std::string_view text) {
    const InterruptsOff off;
    lines[written++ % capacity] = {clock().nanoseconds(), FixedText<160>(text)};
}

void for_each_log_line(shell::Visitor<std::string_view>& visitor) {
    // What is added meanwhile is not shown; what is overwritten meanwhile is shown as the newer
    // line.
    const std::size_t end = written;
    for (std::size_t number = end > capacity ? end - capacity : 0; number < end; ++number) {
        const Line line = copy_of(number);
        const std::uint64_t microseconds = line.nanoseconds / 1000;
        const auto shown = format_fixed<200>("[{:5}.{:06}] {}", microseconds / 1'000'000,
                                             microseconds % 1'000'000, line.text.view());
        if (!visitor.visit(shown.view())) return;
    }
}

}  // namespace heap44::kernel
