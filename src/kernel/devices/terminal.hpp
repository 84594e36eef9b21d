// SPDX-License-Identifier: MIT
// A serial port as the shell's terminal.
//
// It only passes on: the port knows nothing of a shell, and the shell nothing of ports.
#pragma once

#include "kernel/devices/serial.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::kernel {

class SerialTerminal final : public shell::Terminal {
public:
    explicit SerialTerminal(Serial& port) : port_(port) {}

    void write(std::string_view text) override { port_.write(text); }
    [[nodiscard]] bool interrupt_requested() const override { return port_.interrupt_requested(); }
    void interrupt_served() override { port_.interrupt_served(); }
    [[nodiscard]] bool last_interrupt_was_served() const override {
        return port_.last_interrupt_was_served();
    }

private:
    Serial& port_;
};

}  // namespace heap44::kernel
