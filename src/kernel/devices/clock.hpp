// SPDX-License-Identifier: MIT
// Time since boot from the processor's time stamp counter, and a steady timer interrupt.
//
//     time stamp counter   counts at a rate that nobody tells, read in one instruction
//     interval timer 8254  1,193,182 Hz on every PC, slow to read
//
//     stamp |--------------- end.stamp - start.stamp ---------------|
//     timer |0xffff ---------- counted, about 11,932 ------------> |
//
// The kernel has to know nanoseconds, and quickly. So at the start both counters run side by side
// for 10 ms, and their counts give the rate. After that only the stamp counter is read: nanoseconds
// are counts times a factor, in fixed point with 32 bits behind the point, without a division.
//
// Error: a reading of both takes a few microseconds at the most, against 10,000. A measurement
// during which the host took the processor away is noticed (the timer has run out) and made again.
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

    /// Measures the counter, then sets the timer going; takes about 10 ms, or about a second where
    /// the timer does not answer: then 1 GHz is assumed. Call it with interrupts off. Interrupt
    /// `irq` has to lead to `handle_interrupt`.
    void start();
    /// Called by the timer interrupt: a tick more.
    void handle_interrupt() { ticks_.fetch_add(1, std::memory_order_relaxed); }

    [[nodiscard]] std::uint64_t ticks() const { return ticks_.load(std::memory_order_relaxed); }
    /// Since `start`, 0 before it; never goes back.
    [[nodiscard]] std::uint64_t nanoseconds() const;
    /// How often the time stamp counter counts in a second.
    [[nodiscard]] std::uint64_t frequency() const { return frequency_; }

private:
    std::atomic<std::uint64_t> ticks_ = 0;
    std::uint64_t origin_ = 0;
    std::uint64_t frequency_ = 0;
    std::uint64_t scale_ = 0;  // nanoseconds a count, times 2^32
};

[[nodiscard]] Clock& clock();

}  // namespace heap44::kernel
