// SPDX-License-Identifier: MIT
#include "kernel/devices/clock.hpp"

#include <optional>

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/port.hpp"

namespace heap44::kernel {

namespace {

// The interval timer (8254) counts at a rate that the first PC took from its video clock.
// Intel 8254 data sheet: channel 0 raises interrupt line 0. It is measured with before it ticks;
// channel 2, once the speaker's, is not to be had on every machine.
constexpr std::uint32_t timer_frequency = 1'193'182;
constexpr std::uint16_t channel_0 = 0x40;
constexpr std::uint16_t timer_command = 0x43;

constexpr std::uint64_t second = 1'000'000'000;
constexpr int measurement = timer_frequency / 100;  // 10 ms
constexpr std::uint64_t slowest_counter = 1'000'000;
static_assert(timer_frequency / Clock::ticks_per_second <= 0xffff, "the timer counts 16 bits");

constinit Clock the_clock;

/// How channel 0 is to count, and both bytes of a count, the low one first.
void start_counting(std::uint8_t how, std::uint32_t count) {
    port_out8(timer_command, how);
    port_out8(channel_0, static_cast<std::uint8_t>(count));
    port_out8(channel_0, static_cast<std::uint8_t>(count >> 8));
}

/// Both counters at one moment.
struct Reading {
    std::uint64_t stamp;
    std::uint16_t count;
};

/// The count at this moment. It goes down.
std::uint16_t read_count() {
    port_out8(timer_command, 0x00);  // freezes it until it is read
    const std::uint8_t low = port_in8(channel_0);
    return static_cast<std::uint16_t>(low | (port_in8(channel_0) << 8));
}

/// Whether it has come to 0: then the channel's output is high, which its status says in bit 7.
bool has_run_out() {
    port_out8(timer_command, 0xe2);
    return (port_in8(channel_0) & 0x80) != 0;
}

/// Both counters at one moment: the tightest of eight tries. A virtual machine's processor may be
/// taken away at any moment, and then the two counters were not read at the same time.
Reading read_both() {
    Reading best{};
    std::uint64_t tightest = ~std::uint64_t{0};
    for (int i = 0; i < 8; ++i) {
        const std::uint64_t before = read_tsc();
        const std::uint16_t count = read_count();
        const std::uint64_t took = read_tsc() - before;
        if (took >= tightest) continue;
        tightest = took;
        best = {before, count};
    }
    return best;
}

/// The counts of the time stamp counter in a second; nothing where the timer stands still, or has
/// run through all its counts (55 ms) before anybody looked again.
std::optional<std::uint64_t> measure_counter() {
    constexpr int most_polls = 100'000;
    start_counting(0x30, 0xffff);  // once, down to 0
    const Reading start = read_both();
    int polls = 0;
    // So many polls last well over 10 ms; with a timer that stands still they end the wait.
    while (start.count - read_count() < measurement && polls < most_polls) ++polls;
    const Reading end = read_both();
    const int counted = start.count - end.count;
    if (has_run_out() || counted < measurement) return std::nullopt;
    return (end.stamp - start.stamp) * timer_frequency / static_cast<unsigned>(counted);
}

std::optional<std::uint64_t> calibrate() {
    std::optional<std::uint64_t> measured;
    // A second and a third try, where the host was busy.
    for (int i = 0; i < 3 && !measured; ++i) measured = measure_counter();
    // A counter as slow as that is none.
    return measured && *measured >= slowest_counter ? measured : std::nullopt;
}

}  // namespace

Clock& clock() {
    return the_clock;
}

void Clock::start() {
    const std::optional<std::uint64_t> measured = calibrate();
    frequency_ = measured.value_or(second);
    scale_ = (second << 32) / frequency_;
    origin_ = read_tsc();
    start_counting(0x34, timer_frequency / ticks_per_second);  // a pulse each period
}

std::uint64_t Clock::nanoseconds() const {
    // In 128 bits, for a product of 64 would wrap after four seconds.
    const auto counts = static_cast<unsigned __int128>(read_tsc() - origin_);
    return static_cast<std::uint64_t>((counts * scale_) >> 32);
}

}  // namespace heap44::kernel
