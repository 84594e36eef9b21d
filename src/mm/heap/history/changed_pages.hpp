// SPDX-License-Identifier: MIT
// Which pages of a range were written to: what the journal asks of the machine below it.
#pragma once

#include <cstdint>

#include "lib/address.hpp"

namespace heap44::mm {

/// Is told of pages, one at a time.
class PageVisitor {
public:
    virtual void visit(VirtAddr page) = 0;

protected:
    ~PageVisitor() = default;
};

/// The journal compares only pages that were written to, so a command that touches one page costs
/// one page. The kernel asks the page tables: the processor sets an entry's dirty bit with the
/// first write to its page, and each question clears it (`Mapper::take_dirty`). The host program
/// has it told by a fault (`host/written_pages.hpp`). To name every page is right, only slower.
class ChangedPages {
public:
    /// Visits, in address order, the pages of `start` to `start + size` that may have been written
    /// to since they were visited last: all that were, and perhaps some that were not. `start` is
    /// the start of a page.
    virtual void for_each_changed_page(VirtAddr start, std::uint64_t size,
                                       PageVisitor& visitor) = 0;

protected:
    ~ChangedPages() = default;
};

/// Where nothing is known of writes, every page may have been written to.
inline void visit_every_page(VirtAddr start, std::uint64_t size, PageVisitor& visitor) {
    for (VirtAddr page = start; page < start + size; page += page_size) visitor.visit(page);
}

}  // namespace heap44::mm
