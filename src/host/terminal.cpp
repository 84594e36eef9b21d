// SPDX-License-Identifier: MIT
#include "host/terminal.hpp"

#include <csignal>
#include <cstdio>

namespace heap44::host {

namespace {

/// The only thing that a signal handler may write.
volatile std::sig_atomic_t interrupt_pending = 0;

}  // namespace

HostTerminal::HostTerminal() {
    std::signal(SIGINT, [](int) { interrupt_pending = 1; });
}

void HostTerminal::write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::optional<shell::InputByte> HostTerminal::read() {
    // What was said has to be seen before one waits.
    std::fflush(stdout);
    const int byte = std::getchar();
    if (byte == EOF) return std::nullopt;
    return shell::InputByte{static_cast<std::uint8_t>(byte), false};
}

bool HostTerminal::interrupt_requested() const {
    return interrupt_pending != 0;
}

void HostTerminal::interrupt_served() {
    interrupt_pending = 0;
}

}  // namespace heap44::host
