// SPDX-License-Identifier: MIT
// Standard input and output as the shell's terminal, and SIGINT as its Ctrl-C.
//
// Bytes come one at a time, as from the serial port, whether a person types or a pipe feeds. The C
// library may keep output until somebody waits for input, so that long answers are written in few
// pieces.
#pragma once

#include <optional>

#include "shell/platform/terminal.hpp"

namespace heap44::host {

class HostTerminal : public shell::Terminal {
public:
    HostTerminal();
    virtual ~HostTerminal() = default;

    void write(std::string_view text) override;
    [[nodiscard]] bool interrupt_requested() const override;
    void interrupt_served() override;
    /// Ctrl-C is a signal and no byte here, so none is ever read.
    [[nodiscard]] bool last_interrupt_was_served() const override { return false; }

    /// Waits for the next byte; nothing when the input has ended.
    std::optional<shell::InputByte> read();
};

}  // namespace heap44::host
