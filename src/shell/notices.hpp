// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer: shown with the answer, whatever that
// is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "shell/platform.hpp"
#include "shell/report.hpp"

namespace heap44::shell {

struct Notice {
    /// Also the key of the JSON array in which it stands.
    enum class Kind : std::uint8_t { damage, watched };
    Kind kind;
    Report report;
};

/// A few notices, in the order of their coming; those beyond are only counted.
class Notices {
public:
    void add(Notice::Kind kind, const Report& report) {
        if (count_ == notices_.size()) {
            ++left_out_;
        } else {
            notices_[count_++] = {kind, report};
        }
    }
    [[nodiscard]] std::span<const Notice> all() const { return {notices_.data(), count_}; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }
    void clear() { count_ = left_out_ = 0; }
    /// Adds what the platform has to report, and lets it take down damage as the last report.
    void gather(Platform& platform) {
        while (const Report* report = platform.take_watch_report()) {
            add(Notice::Kind::watched, *report);
        }
        for (const Notice& notice : all()) {
            if (notice.kind == Notice::Kind::damage) platform.remember(notice.report);
        }
    }

private:
    std::array<Notice, 8> notices_;
    std::size_t count_ = 0;
    std::size_t left_out_ = 0;
};

}  // namespace heap44::shell
