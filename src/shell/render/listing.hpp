// SPDX-License-Identifier: MIT
// A long listing that Ctrl-C may end.
#pragma once

#include <cstddef>
#include <string_view>

#include "shell/platform.hpp"

namespace heap44::shell {

/// Ends a long listing where Ctrl-C asks for it, and counts what is left out.
class Listing {
public:
    explicit Listing(Platform& platform) : platform_(platform) {}
    [[nodiscard]] bool goes_on() {
        if (!stopped_ && platform_.interrupt_requested()) {
            platform_.interrupt_served();
            stopped_ = true;
        }
        if (stopped_) ++left_out_;
        return !stopped_;
    }
    void close(Output& output, std::string_view what) const {
        if (left_out_ > 0) print(output, "stopped by Ctrl-C; {} more {}\n", left_out_, what);
    }

private:
    Platform& platform_;
    bool stopped_ = false;
    std::size_t left_out_ = 0;
};

}  // namespace heap44::shell
