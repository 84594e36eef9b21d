// SPDX-License-Identifier: MIT
// How a search ends: found out by making it, and taking it back.
//
// `Heap::try_place` makes an allocation without telling the ledger, lets one look, and takes it
// back. So the answer of `why` comes from the design itself, whatever design that is.
#pragma once

#include "shell/answer/search.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Tries the allocation and takes it back, to the byte.
[[nodiscard]] SearchResult try_search(mm::Heap& heap, mm::Layout layout);

}  // namespace heap44::shell
