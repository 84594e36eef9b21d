// SPDX-License-Identifier: MIT
// What was received and not read yet, and the account of Ctrl-C. Knows no hardware.
//
//     received_   Ctrl-C that came in, counted by the interrupt       ...  5
//     read_       those that the reader has taken from the queue      ...  3
//     served_     the newest one that has stopped a command           ...  4
//
// Numbers instead of a flag: in the picture Ctrl-C 5 is pending, 4 has stopped a command and will
// be passed over when it is read. With one flag for all of them a Ctrl-C could be lost, or stop two
// commands.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "lib/ring_buffer.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::kernel {

inline constexpr std::uint8_t control_c = 0x03;

/// `push` is called by the interrupt, the rest by who reads. Each Ctrl-C has a number, from 1 in
/// the order of arrival. One is pending until either it was read (it ended a line) or it was
/// served (it stopped a command, while it still waits in the queue to be read).
class InputQueue {
public:
    /// 64 KiB: a script that is pasted while a command runs fits in.
    static constexpr std::size_t capacity = std::size_t{64} * 1024;

    /// False when the queue is full; the byte is not taken then.
    [[nodiscard]] bool push(shell::InputByte byte);
    [[nodiscard]] std::optional<shell::InputByte> pop();

    [[nodiscard]] bool full() const { return bytes_.full(); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    /// Enough room that it is worth while to ask the sender for more.
    [[nodiscard]] bool has_room() const { return bytes_.size() <= capacity / 2; }

    /// Whether a Ctrl-C is pending: newer than all that were read or served.
    [[nodiscard]] bool interrupt_requested() const;
    void interrupt_served() { served_ = received_; }
    /// Whether the Ctrl-C read last was served before.
    [[nodiscard]] bool last_interrupt_was_served() const { return read_ <= served_; }

private:
    RingBuffer<shell::InputByte, capacity> bytes_;
    // Only `received_` is written by the interrupt; the other two belong to the reader.
    std::atomic<std::uint64_t> received_ = 0;
    std::uint64_t read_ = 0;
    std::uint64_t served_ = 0;
};

}  // namespace heap44::kernel
