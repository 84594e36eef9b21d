// SPDX-License-Identifier: MIT
#include "kernel/devices/clock.hpp"

#include <optional>

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/port.hpp"

namespace heap44::kernel {

namespace {

// The interval timer (8254) counts at a rate that the first PC took from its video clock.
// Intel 8254 data sheet: channel 0 raises interrupt line 0, channel 2 once made the speaker sound
// and can be started and read at will, so it is the one to measure with.
constexpr std::uint32_t timer_frequency = 1'193'182;
constexpr std::uint16_t channel_0 = 0x40;
constexpr std::uint16_t channel_2 = 0x42;
constexpr std::uint16_t timer_command = 0x43;
constexpr std::uint16_t speaker_control = 0x61;  // gate of channel 2 in, its output out

constexpr std::uint64_t second = 1'000'000'000;
constexpr int measurement = timer_frequency / 100;  // 10 ms
constexpr std::uint64_t slowest_counter = 1'000'000;
static_assert(timer_frequency / Clock::ticks_per_second <= 0xffff, "the timer counts 16 bits");

constinit Clock the_clock;

/// Both bytes of a count, the low one first, as the command has announced.
void load_count(std::uint16_t channel, std::uint32_t count) {
    port_out8(channel, static_cast<std::uint8_t>(count));
    port_out8(channel, static_cast<std::uint8_t>(count >> 8));
}

/// Both counters at one moment.
struct Reading {
    std::uint64_t stamp;
    std::uint16_t count;
};

/// The count of channel 2 at this moment. It counts down.
std::uint16_t read_count() {
    port_out8(timer_command, 0x80);  // freezes the count of channel 2 until it is read
    const std::uint8_t low = port_in8(channel_2);
    return static_cast<std::uint16_t>(low | (port_in8(channel_2) << 8));
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
    port_out8(timer_command, 0xb0);  // channel 2, low byte then high, count down once
    load_count(channel_2, 0xffff);
    const Reading start = read_both();
    int polls = 0;
    // So many polls last well over 10 ms; with a timer that stands still they end the wait.
    while (start.count - read_count() < measurement && polls < most_polls) ++polls;
    const Reading end = read_both();
    // The output of channel 2 goes high once it has counted down to 0 (mode 0).
    const bool ran_out = (port_in8(speaker_control) & 0x20) != 0;
    const int counted = start.count - end.count;
    if (ran_out || counted < measurement) return std::nullopt;
    return (end.stamp - start.stamp) * timer_frequency / static_cast<unsigned>(counted);
}

/// Measures with the speaker silent and its gate open; afterwards port 0x61 is as it was.
std::optional<std::uint64_t> calibrate() {
    const std::uint8_t before = port_in8(speaker_control);
    // Bit 0 lets channel 2 count, bit 1 would let the speaker sound.
    port_out8(speaker_control, static_cast<std::uint8_t>((before & ~0x03) | 0x01));
    std::optional<std::uint64_t> measured;
    // A second and a third try, where the host was busy.
    for (int i = 0; i < 3 && !measured; ++i) measured = measure_counter();
    port_out8(speaker_control, before);
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
    port_out8(timer_command, 0x34);  // channel 0, low byte then high, a pulse each period
    load_count(channel_0, timer_frequency / ticks_per_second);
}

std::uint64_t Clock::nanoseconds() const {
    // In 128 bits, for a product of 64 would wrap after four seconds.
    const auto counts = static_cast<unsigned __int128>(read_tsc() - origin_);
    return static_cast<std::uint64_t>((counts * scale_) >> 32);
}

}  // namespace heap44::kernel
