// SPDX-License-Identifier: MIT
// Time since boot from the processor's time stamp counter, and a steady timer interrupt.
#pragma once

#include <atomic>
#include <cstdint>

namespace heap44::kernel {

class Clock {
public:
    static constexpr std::uint8_t irq = 0;
    /// Slow enough that an idle machine leaves its host alone, quick enough that work handed to
    /// the timer interrupt does not feel late.
    static constexpr std::uint32_t ticks_per_second = 50;

    /// Measures the counter against the interval timer (10 ms; about a second where the timer does
    /// not answer), then sets the timer going. Interrupt `irq` has to lead to `handle_interrupt`.
    void start();
    void handle_interrupt() { ticks_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t ticks() const { return ticks_.load(std::memory_order_relaxed); }
    /// Since `start`, 0 before it; never goes back.
    [[nodiscard]] std::uint64_t nanoseconds() const;
    /// How often the time stamp counter counts in a second.
    [[nodiscard]] std::uint64_t frequency() const { return frequency_; }
    /// False where the interval timer did not answer: a frequency of 1 GHz is assumed then.

private:
    std::atomic<std::uint64_t> ticks_ = 0;
    std::uint64_t origin_ = 0;
    std::uint64_t frequency_ = 0;
    std::uint64_t scale_ = 0;  // nanoseconds a count, times 2^32
};

[[nodiscard]] Clock& clock();

}  // namespace heap44::kernel
