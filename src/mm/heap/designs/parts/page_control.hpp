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

/// Where kernel and host have the window of guard-page, and how large: 8,192 blocks of a page, each
/// with its guard page, before addresses are used again. Behind the heap and its records, however
/// large.
inline constexpr VirtAddr guard_window_start{0x4460'0000'0000};
inline constexpr std::size_t guard_window_size = std::size_t{64} << 20;

}  // namespace heap44::mm
