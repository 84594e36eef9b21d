// SPDX-License-Identifier: MIT
// Standard input and output as the shell's terminal, and SIGINT as its Ctrl-C.
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
    [[nodiscard]] bool last_interrupt_was_served() const override { return false; }

    /// Waits for the next byte; nothing when the input has ended.
    std::optional<shell::InputByte> read();
};

}  // namespace heap44::host
