// SPDX-License-Identifier: MIT
// What a design needs of the machine to take pages away and to put them back.
#pragma once

#include <cstddef>

#include "lib/address.hpp"

namespace heap44::mm {

/// Maps and unmaps the pages of one window of addresses, which belongs to nobody else.
class PageControl {
public:
    /// Puts zeroed, writable memory under so many pages that have none. False where there is not
    /// enough; nothing has changed then.
    [[nodiscard]] virtual bool map(VirtAddr start, std::size_t pages) = 0;
    /// Takes it away again: from now on every access to these pages is a fault.
    virtual void unmap(VirtAddr start, std::size_t pages) = 0;

protected:
    ~PageControl() = default;
};

/// Addresses in whole pages, none of them mapped, and who maps them.
struct Window {
    VirtAddr start;
    std::size_t size;
    PageControl& pages;
};

}  // namespace heap44::mm
