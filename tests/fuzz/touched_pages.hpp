// SPDX-License-Identifier: MIT
// Which pages were written to, as a machine's dirty bits would tell: fast where little changes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <unordered_map>

#include "mm/heap/history/changed_pages.hpp"

namespace heap44::test {

class TouchedPages {
public:
    /// Visits those that are not what they were after their last visit.
    void for_each(VirtAddr start, std::uint64_t size, mm::PageVisitor& visitor) {
        const VirtAddr end = start + size;
        for (VirtAddr page = start; page < end; page += page_size) {
            const void* now = reinterpret_cast<const void*>(page.value);
            const std::size_t part = std::min<std::size_t>(page_size, end - page);
            const auto [copy, is_new] = copies_.try_emplace(page.value);
            if (!is_new && std::memcmp(copy->second.data(), now, part) == 0) continue;
            visitor.visit(page);
            std::memcpy(copy->second.data(), now, part);
        }
    }

private:
    std::unordered_map<std::uint64_t, std::array<std::byte, page_size>> copies_;
};

}  // namespace heap44::test
