// SPDX-License-Identifier: MIT
// Pages that stay accessible when they are unmapped: for tests that look at the whole of a window.
#pragma once

#include <cstddef>
#include <cstring>
#include <set>
#include <stdexcept>

#include "mm/heap/designs/parts/page_control.hpp"

namespace heap44::test {

/// Zeroes what is mapped, as the real ones do, and complains when a page is mapped or unmapped that
/// is so already.
class FakePages final : public mm::PageControl {
public:
    bool map(VirtAddr start, std::size_t pages) override {
        for (std::size_t index = 0; index < pages; ++index) {
            const VirtAddr page = start + index * page_size;
            if (!mapped_.insert(page.value).second) throw std::runtime_error("mapped twice");
            std::memset(reinterpret_cast<void*>(page.value), 0, page_size);
        }
        return true;
    }
    void unmap(VirtAddr start, std::size_t pages) override {
        for (std::size_t index = 0; index < pages; ++index) {
            const VirtAddr page = start + index * page_size;
            if (mapped_.erase(page.value) == 0) throw std::runtime_error("unmapped twice");
        }
    }

private:
    std::set<std::uint64_t> mapped_;
};

}  // namespace heap44::test
