// SPDX-License-Identifier: MIT
// The shell's window to whoever types: text out, and Ctrl-C. Bytes in come by `Shell::feed`.
#pragma once

#include <cstdint>

#include "lib/text.hpp"

// Ctrl-C comes twice. The interrupt handler counts it at once, so that a command that runs long can
// be stopped (`interrupt_requested`). The byte itself waits among those typed before it, and is
// read when its turn comes. Then the shell has to know whether it has done its work already
// (`last_interrupt_was_served`).
namespace heap44::shell {

/// A byte from the terminal; `damaged` says that bytes before it, or this one, were lost or garbled
/// on the way.
struct InputByte {
    std::uint8_t value;
    bool damaged;
};

/// `write` (from Output) sends text, '\n' ends a line.
class Terminal : public Output {
public:
    /// Whether a Ctrl-C has been received that has not stopped a command yet.
    [[nodiscard]] virtual bool interrupt_requested() const = 0;
    /// Says that the Ctrl-C received so far has stopped a command.
    virtual void interrupt_served() = 0;
    /// Whether the Ctrl-C that was fed last had already stopped a command.
    [[nodiscard]] virtual bool last_interrupt_was_served() const = 0;

protected:
    ~Terminal() = default;
};

}  // namespace heap44::shell
