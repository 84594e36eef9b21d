// SPDX-License-Identifier: MIT
// Why there was no memory: what was asked for, what there is, and what stands in the way.
//
//     no hole fits 5000 bytes (align 8); the largest hole has 1000 bytes, 51000 are free in all:
//     that would do, in one piece; fragmentation is the cause
//
// Too little is free, or enough in pieces (`MemoryShortage::fragmented`), or a hole has so many
// bytes and yet the design does not give them: then the message says why.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "lib/text.hpp"
#include "shell/platform/report.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// A request that has just failed: `count` blocks of which `fitted` would have been given.
struct FailedRequest {
    mm::Layout layout;
    std::uint64_t count = 1;
    std::uint64_t fitted = 0;
};

/// Why it failed, beside the largest hole and all free bytes as they are now. A product of size and
/// count that does not fit into 64 bits counts as the largest number.
[[nodiscard]] MemoryShortage shortage_of(const mm::Heap& heap, const FailedRequest& request);

/// The message of an error, as above.
void print_failure(Output& output, const mm::Heap& heap, const FailedRequest& request);
/// What that says behind the request; for `failafter`: `; 'failafter' let it fail`.
void print_reason(Output& output, const mm::Heap& heap, const FailedRequest& request);
/// The reason without figures: `no hole fits`.
[[nodiscard]] std::string_view in_short(mm::Failure::Reason reason);

/// What the last panic for want of memory asked for, until it is taken. A panic hands over nothing
/// but text, and it knows no heap; the figures wait here until the report is completed.
class LastShortage {
public:
    static void set(const MemoryShortage& shortage) { last_ = shortage; }
    [[nodiscard]] static std::optional<MemoryShortage> take() {
        return std::exchange(last_, std::nullopt);
    }

private:
    static inline std::optional<MemoryShortage> last_;
};

}  // namespace heap44::shell
