// SPDX-License-Identifier: MIT
// For a journal in a test: a machine that knows nothing of writes.
#pragma once

#include "mm/heap/history/changed_pages.hpp"

namespace heap44::test {

/// All pages that it is asked for may be changed.
class AllPages final : public mm::ChangedPages {
public:
    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override {
        mm::visit_every_page(start, size, visitor);
    }
};

}  // namespace heap44::test
