// SPDX-License-Identifier: MIT
// Why there was no memory: what was asked for, and what there is. Two answers look alike and are
// not: too little is free, or enough is free but in pieces (`MemoryShortage::is_fragmented`).
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

/// What `count` blocks of `size` bytes would have needed, beside the largest hole and all free
/// bytes as they are now. A product that does not fit into 64 bits counts as the largest number.
[[nodiscard]] MemoryShortage shortage_of(const mm::Heap& heap, std::uint64_t size,
                                         std::uint64_t count);
/// Ends a message: `; the largest hole has 40 bytes, 100 are free in all`.
void print_shortage(Output& output, const MemoryShortage& shortage);

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
