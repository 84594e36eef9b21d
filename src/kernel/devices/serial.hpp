// SPDX-License-Identifier: MIT
// A serial port, a 16550 at 115200 baud 8N1: interrupt-driven in both directions, with a polled way
// out for when interrupts are off.
//
//     write() --> output queue --> send_queued(), 16 bytes at a time --> port --> line
//     line --> port --> receive(), in the interrupt --> input queue --> read()
//
// The port has a queue of 16 bytes in each direction, the kernel one of many KiB behind it.
// Interrupts move bytes between the two, so a command that runs long loses nothing that is typed,
// and text goes out while the next is made.
//
// Invariants: the interrupt enable register is what `interrupts_` says. While the output queue
// holds something and the port is full, the interrupt for "empty" is on. While the input queue is
// full, those for input are off. Both queues are touched with interrupts off only.
//
// A panic cannot wait for interrupts: `write_polled` needs none, and sends first what was queued
// before.
//
// Cost: an interrupt for 14 bytes in, one for 16 bytes out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kernel/devices/input_queue.hpp"
#include "lib/ring_buffer.hpp"
#include "lib/text.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::kernel {

/// The bytes that are to be sent.
using OutputQueue = RingBuffer<char, std::size_t{16} * 1024>;

class Serial final : public Output {
public:
    /// The port's registers begin at the I/O port `base`; it usually raises the interrupt line
    /// `irq`. Both queues are to be nobody else's. They are objects of their own because they are
    /// all zero, so that the image need not hold them; this object is not.
    constexpr Serial(std::uint16_t base, std::uint8_t irq, InputQueue& input, OutputQueue& output)
        : input_(input), output_(output), base_(base), irq_(irq) {}

    /// Sets the port up, keeps what was sent before that, and sends a byte to itself; false where
    /// there is no working port. Then `write` drops its text and `read` sleeps forever. Everything
    /// is polled at first.
    bool start();
    /// Raises the port's interrupt line, or lets it fall, to find out which one it is. For this the
    /// port must not be interrupt-driven yet.
    void ask_for_interrupt(bool on);
    /// From here on interrupts do the work. Before this call the port's interrupt has to lead
    /// to `handle_interrupt`: the line may rise at once, and it rises only once. Without this call
    /// all is polled, and input is seen only when somebody asks for it.
    void start_interrupts();
    [[nodiscard]] std::uint8_t usual_irq() const { return irq_; }
    void handle_interrupt();
    [[nodiscard]] bool present() const { return present_; }

    /// '\n' becomes "\r\n". Sleeps while the queue is full; with interrupts off it polls instead.
    void write(std::string_view text) override;
    /// Leaves nothing in the queue, and needs no interrupt: for panics. What was queued before
    /// goes first. May be called from any context.
    void write_polled(std::string_view text);
    /// Waits until the last bit has left the port, or nobody has taken any for about a second: the
    /// machine must not stay on because of a terminal that does not listen.
    void flush();

    /// Sleeps until there is a byte, or polls for it. Interrupts are on while it sleeps, whatever
    /// they were before.
    [[nodiscard]] shell::InputByte read();
    [[nodiscard]] bool interrupt_requested();
    void interrupt_served() { input_.interrupt_served(); }
    [[nodiscard]] bool last_interrupt_was_served() const {
        return input_.last_interrupt_was_served();
    }

private:
    enum class Register : std::uint8_t;

    [[nodiscard]] std::uint8_t get(Register which) const;
    void set(Register which, std::uint8_t value) const;
    void switch_fifos_on();
    [[nodiscard]] bool answers_itself();
    void ask_for_more();
    /// `put` queues a byte and sleeps while there is no room; `put_polled` waits for the port
    /// itself.
    void put(char byte);
    void put_polled(char byte);
    void drain_polled();
    /// By itself, for a second or a few.
    [[nodiscard]] bool wait_for(std::uint8_t state, int polls = 4'000'000);
    void send_queued();
    void receive();
    void keep(std::uint8_t byte);
    /// The line status register, with its error bits gathered in `errors_`.
    [[nodiscard]] std::uint8_t line_status();
    void set_interrupts(std::uint8_t enabled);

    InputQueue& input_;
    OutputQueue& output_;
    std::uint16_t base_;
    std::uint8_t irq_;
    std::uint8_t errors_ = 0;      // seen in the line status, not yet handed on with a byte
    std::uint8_t interrupts_ = 0;  // what the interrupt enable register holds
    bool present_ = false;
    bool interrupt_driven_ = false;
};

/// COM1.
[[nodiscard]] Serial& serial();

}  // namespace heap44::kernel
