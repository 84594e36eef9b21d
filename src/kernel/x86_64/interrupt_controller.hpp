// SPDX-License-Identifier: MIT
// What brings the interrupt lines of devices to the processor.
//
//     device --> line 0..15 --> controller --> processor, vector 0x20 + line
//
// A PC has 16 lines (timer 0, COM1 usually 4), and one of two things behind them: the old pair of
// 8259 controllers (pic.hpp), or an I/O APIC and the processor's local one (apic.hpp). Most
// machines have both, and either will do.
#pragma once

#include <cstdint>
#include <string_view>

namespace heap44::kernel {

inline constexpr std::uint8_t first_irq_vector = 0x20;
inline constexpr std::uint8_t irq_count = 16;

/// All of it is called with interrupts off.
class InterruptController {
public:
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Lets a line interrupt, or no longer.
    virtual void unmask(std::uint8_t line) = 0;
    virtual void mask(std::uint8_t line) = 0;
    /// Whether the line is being served: it has interrupted, and nobody has acknowledged it yet.
    [[nodiscard]] virtual bool in_service(std::uint8_t line) const = 0;
    /// The controller holds back this line and those below it until this is said.
    virtual void acknowledge(std::uint8_t line) = 0;
    /// The same for an interrupt that came as line 7 or 15 while neither was being served: the line
    /// that asked has fallen silent before the processor asked which one it was.
    virtual void dismiss(std::uint8_t line) = 0;

protected:
    ~InterruptController() = default;
};

}  // namespace heap44::kernel
