// SPDX-License-Identifier: MIT
#include "kernel/devices/serial.hpp"

#include <utility>

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/port.hpp"

namespace heap44::kernel {

/// The registers of a 16550 by their distance from the port's base (PC16550D data sheet, table II).
/// Reading and writing the same place may reach two different ones.
enum class Serial::Register : std::uint8_t {
    data = 0,
    interrupt_enable = 1,
    interrupt_identity = 2,  // when read
    fifo_control = 2,        // when written
    line_control = 3,
    modem_control = 4,
    line_status = 5,
    // While the line control says so, in place of the first two:
    divisor_low = 0,
    divisor_high = 1,
};

namespace {

// Bits of the interrupt enable register.
constexpr std::uint8_t received_interrupt = 0x01;
constexpr std::uint8_t sent_interrupt = 0x02;
constexpr std::uint8_t error_interrupt = 0x04;
constexpr std::uint8_t input_interrupts = received_interrupt | error_interrupt;
// Bits of the interrupt identity register. 0 in the first means that the port wants something.
constexpr std::uint8_t no_interrupt_pending = 0x01;
constexpr std::uint8_t fifos_on = 0xc0;

// Bits of the line status register.
constexpr std::uint8_t data_ready = 0x01;
constexpr std::uint8_t damage = 0x1e;  // overrun, parity, framing, break
constexpr std::uint8_t holding_empty = 0x20;
constexpr std::uint8_t all_empty = 0x40;

constexpr int fifo_depth = 16;

// What the port sends to itself: a byte that begins no text.
constexpr std::uint8_t probe = 0xae;
// It takes 87 microseconds to come back.
constexpr int self_test_polls = 100'000;

constinit InputQueue com1_input;
constinit OutputQueue com1_output;
// Where a PC has its first serial port: I/O ports 0x3f8 to 0x3ff, interrupt line 4.
constinit Serial com1(0x3f8, 4, com1_input, com1_output);

}  // namespace

Serial& serial() {
    return com1;
}

std::uint8_t Serial::get(Register which) const {
    return port_in8(base_ + std::to_underlying(which));
}

void Serial::set(Register which, std::uint8_t value) const {
    port_out8(base_ + std::to_underlying(which), value);
}

/// What came before the start is input like any other: somebody may be typing already. Loopback
/// mode, bit 4 of the modem control, lets the port receive at once what it sends.
bool Serial::start() {
    // Nothing answers at a port without a device, and the bus then reads as all ones.
    if (get(Register::line_status) == 0xff) return false;
    set(Register::interrupt_enable, 0);
    set(Register::line_control, 0x80);  // the divisor shows: 1 for 115200 baud
    set(Register::divisor_low, 1);
    set(Register::divisor_high, 0);
    set(Register::line_control, 0x03);  // 8 bits, no parity, one stop bit
    set(Register::modem_control, 0x1e);
    switch_fifos_on();
    present_ = answers_itself();
    set(Register::modem_control, 0x0b);  // ready, and interrupts let through to the controller
    if (!input_.empty()) ask_for_more();
    // What a broken port gave was nobody's input.
    while (!present_ && input_.pop()) {
    }
    return present_;
}

/// A port forgets what it holds when its FIFOs come on. So all is taken first, and then the port is
/// made to hold the probe: until that is gone, there is no room for a byte from the line. One that
/// came in between is lost, but the port says so: an overrun.
void Serial::switch_fifos_on() {
    constexpr std::uint8_t on = 0xc1;  // with an interrupt at 14 bytes or after a pause
    if ((get(Register::interrupt_identity) & fifos_on) == fifos_on) {
        return set(Register::fifo_control, on);
    }
    receive();
    set(Register::data, probe);
    (void)wait_for(data_ready, self_test_polls);
    set(Register::fifo_control, on);
    // A port without FIFOs holds the probe still. So does QEMU's after a reset: its FIFOs stay on,
    // but it says that they are off.
    if ((line_status() & data_ready) == 0) return;
    const std::uint8_t byte = get(Register::data);
    if (byte != probe) keep(byte);
}

/// Sends the probe. Other bytes that come in meanwhile are input.
bool Serial::answers_itself() {
    set(Register::data, probe);
    while (!input_.full() && wait_for(data_ready, self_test_polls)) {
        const std::uint8_t byte = get(Register::data);
        if (byte == probe) return true;
        keep(byte);
    }
    return false;
}

/// QEMU's multiplexer (`mux=on`) hands a byte on when one has been taken, but not when that was in
/// loopback mode: it then waits for the next that is taken, and none is there. A read is enough. An
/// empty port gives 0, or what it gave last; anything else has come in at this moment.
void Serial::ask_for_more() {
    if ((line_status() & data_ready) != 0) return;
    const std::uint8_t byte = get(Register::data);
    if (byte != 0 && byte != probe) keep(byte);
}

/// There is room for a byte to send, so the interrupt for that is due as soon as it is switched on.
/// Reading the identity register takes it back.
void Serial::ask_for_interrupt(bool on) {
    set(Register::interrupt_enable, on ? sent_interrupt : 0);
    if (!on) (void)get(Register::interrupt_identity);
}

void Serial::start_interrupts() {
    if (!present_) return;
    const InterruptsOff guard;
    interrupt_driven_ = true;
    set_interrupts(input_interrupts);
}

/// The controller sees only rising edges: the handler has to stay until the line is low.
void Serial::handle_interrupt() {
    if (!interrupt_driven_) return;
    while ((get(Register::interrupt_identity) & no_interrupt_pending) == 0) {
        receive();
        send_queued();
    }
}

void Serial::write(std::string_view text) {
    // With interrupts off nobody would empty the queue.
    if (!interrupt_driven_ || !interrupts_enabled()) return write_polled(text);
    // An interrupt that writes must not find the queue between two states.
    const InterruptsOff guard;
    for (const char character : text) {
        if (character == '\n') put('\r');
        put(character);
    }
    send_queued();
}

void Serial::put(char byte) {
    // The queue is full: first the port takes what it can, then the processor sleeps until it has
    // sent some.
    while (!output_.push(byte)) {
        send_queued();
        if (!output_.full()) continue;
        wait_for_interrupt();
        disable_interrupts();
    }
}

void Serial::write_polled(std::string_view text) {
    if (!present_) return;
    const InterruptsOff guard;
    drain_polled();
    for (const char character : text) {
        if (character == '\n') put_polled('\r');
        put_polled(character);
    }
}

void Serial::put_polled(char byte) {
    // A byte written too early would drop another. The port is known to work, so where this lasts
    // it is the receiver who does not listen, and there is nothing better to do than to wait.
    while (!wait_for(holding_empty)) {
    }
    set(Register::data, static_cast<std::uint8_t>(byte));
}

void Serial::drain_polled() {
    while (const auto byte = output_.pop()) put_polled(*byte);
}

/// What has been queued goes out, then the last byte; whoever listens no more is not waited for.
void Serial::flush() {
    if (!present_) return;
    const InterruptsOff guard;
    while (!output_.empty() && wait_for(holding_empty)) put_polled(*output_.pop());
    (void)wait_for(all_empty);
}

/// Whether the port came to this state. A poll takes between a quarter of a microsecond (in a
/// virtual machine) and one.
bool Serial::wait_for(std::uint8_t state, int polls) {
    for (; polls > 0; --polls) {
        if ((line_status() & state) != 0) return true;
        spin_pause();
    }
    return false;
}

/// Fills the port's own queue each time that it is empty (in a virtual machine it always is), and
/// asks for an interrupt if more is to be sent.
void Serial::send_queued() {
    while (!output_.empty() && (line_status() & holding_empty) != 0) {
        for (int sent = 0; sent < fifo_depth; ++sent) {
            const auto byte = output_.pop();
            if (!byte) break;
            set(Register::data, static_cast<std::uint8_t>(*byte));
        }
    }
    const std::uint8_t input = interrupts_ & input_interrupts;
    set_interrupts(output_.empty() ? input : input | sent_interrupt);
}

/// Takes what the port has. With the queue full it stops listening: the port then fills up, and
/// the sender waits or, on a line without flow control, the port says how much it lost.
void Serial::receive() {
    while (!input_.full()) {
        if ((line_status() & data_ready) == 0) return;
        keep(get(Register::data));
    }
    set_interrupts(interrupts_ & static_cast<std::uint8_t>(~input_interrupts));
}

/// Hands on with the byte whether something went wrong before it. There is room for it.
void Serial::keep(std::uint8_t byte) {
    (void)input_.push({byte, errors_ != 0});
    errors_ = 0;
}

shell::InputByte Serial::read() {
    for (;;) {
        // Off while the queue is looked at, so that no byte comes between the look and the sleep.
        const InterruptsOff guard;
        if (present_ && !interrupt_driven_) receive();
        if (const auto byte = input_.pop()) {
            // `receive` has switched input off for want of room. Half of the queue is free again:
            // now it may go on.
            const bool deaf = interrupt_driven_ && (interrupts_ & input_interrupts) == 0;
            if (deaf && input_.has_room()) set_interrupts(interrupts_ | input_interrupts);
            return *byte;
        }
        if (interrupt_driven_ || !present_)
            wait_for_interrupt();
        else
            spin_pause();
    }
}

/// What no interrupt brings in has to be fetched.
bool Serial::interrupt_requested() {
    if (present_ && !interrupt_driven_) {
        const InterruptsOff guard;
        receive();
    }
    return input_.interrupt_requested();
}

/// Reading the line status clears its error bits, whoever reads it: so they are gathered here.
std::uint8_t Serial::line_status() {
    const std::uint8_t status = get(Register::line_status);
    errors_ |= status & damage;
    return status;
}

void Serial::set_interrupts(std::uint8_t enabled) {
    if (!interrupt_driven_ || enabled == interrupts_) return;
    interrupts_ = enabled;
    set(Register::interrupt_enable, enabled);
}

}  // namespace heap44::kernel
