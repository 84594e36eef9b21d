// SPDX-License-Identifier: MIT
// A long listing that Ctrl-C may end.
#pragma once

#include <cstddef>
#include <string_view>

#include "shell/command.hpp"

namespace heap44::shell {

/// Ends a long listing where Ctrl-C asks for it, and all that the listing is a part of; counts what
/// is left out.
class Listing {
public:
    explicit Listing(Context& context) : context_(context) {}
    [[nodiscard]] bool goes_on() {
        if (!stopped_ && context_.platform.interrupt_requested()) {
            context_.platform.interrupt_served();
            context_.session.interrupted = stopped_ = true;
        }
        if (stopped_) ++left_out_;
        return !stopped_;
    }
    void close(Output& output, std::string_view what) const {
        if (left_out_ == 0) return;
        print(output, "stopped by Ctrl-C; {} more {}{}\n", left_out_, what, plural(left_out_));
    }

private:
    Context& context_;
    bool stopped_ = false;
    std::size_t left_out_ = 0;
};

}  // namespace heap44::shell
