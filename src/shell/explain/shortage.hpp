// SPDX-License-Identifier: MIT
// Why there was no memory: what was asked for, and what there is.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/platform/report.hpp"

namespace heap44::shell {

/// So much was asked for, so much there is.
[[nodiscard]] MemoryShortage shortage_of(const mm::Heap& heap, std::uint64_t size,
                                         std::uint64_t count);
void print_shortage(Output& output, const MemoryShortage& shortage);

/// What the last panic for want of memory asked for, until it is taken.
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
