// SPDX-License-Identifier: MIT
// Every block against an unmapped page: it takes two pages at least, so there are more of them.
#include "design_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector kinds = heap44::test::guard_page_kinds();
    heap44::test::run_design(kinds, data, size, 24 * heap44::page_size);
    return 0;
}
