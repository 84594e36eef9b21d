// SPDX-License-Identifier: MIT
// A long listing that Ctrl-C may end.
//
// The items behind the cut are still counted, not drawn: the walk goes on to its end, which is
// quick, and the person learns how much was left out.
#pragma once

#include <cstddef>
#include <string_view>

#include "lib/text.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::shell {

/// Ends a long listing where Ctrl-C asks for it, and counts what is left out. It only sees the
/// request: whoever told the answer serves it, and ends all that the listing is a part of.
class Listing {
public:
    explicit Listing(const Terminal& terminal) : terminal_(terminal) {}
    /// Begins another one.
    void open() {
        was_cut_ = false;
        left_out_ = 0;
    }
    /// Whether the next item is to be shown.
    [[nodiscard]] bool goes_on() {
        was_cut_ = was_cut_ || terminal_.interrupt_requested();
        if (was_cut_) ++left_out_;
        return !was_cut_;
    }
    /// Says how many items were left out, if any; `what` is one of them, as in "block".
    void close(Output& output, std::string_view what) const {
        if (left_out_ == 0) return;
        print(output, "stopped by Ctrl-C; {} more {}{}\n", left_out_, what, plural(left_out_));
    }
    [[nodiscard]] bool was_cut() const { return was_cut_; }

private:
    const Terminal& terminal_;
    bool was_cut_ = false;
    std::size_t left_out_ = 0;
};

}  // namespace heap44::shell
