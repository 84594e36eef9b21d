// SPDX-License-Identifier: MIT
// The two 8259 interrupt controllers, whose 16 lines become vectors 0x20 to 0x2f.
//
//     lines 0..7  --> first controller  (ports 0x20, 0x21) --> processor, vectors 0x20..0x27
//     lines 8..15 --> second controller (ports 0xa0, 0xa1) --> line 2 of the first, 0x28..0x2f
//
// After the reset lines 0 to 7 would arrive as vectors 8 to 15, which belong to exceptions.
#pragma once

#include "kernel/x86_64/interrupt_controller.hpp"

namespace heap44::kernel {

class Pic final : public InterruptController {
public:
    /// Moves the lines away from the exceptions' vectors; all are masked afterwards. False where
    /// the machine has no such controllers.
    bool initialize();
    [[nodiscard]] bool present() const { return present_; }

    [[nodiscard]] std::string_view name() const override { return "8259"; }
    /// The mask registers can be read back, so the other lines keep theirs.
    void unmask(std::uint8_t line) override;
    void mask(std::uint8_t line) override;
    [[nodiscard]] bool in_service(std::uint8_t line) const override;
    /// For a line of the second controller both have to hear it.
    void acknowledge(std::uint8_t line) override;
    void dismiss(std::uint8_t line) override;

private:
    bool present_ = false;
};

[[nodiscard]] Pic& pic();

}  // namespace heap44::kernel
