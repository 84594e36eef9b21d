// SPDX-License-Identifier: MIT
// The conformance suite's fixture. Whoever has a design of their own instantiates the suite for it.
#pragma once

#include <algorithm>
#include <cctype>
#include <gtest/gtest.h>
#include <memory>
#include <ostream>
#include <string>

#include "checked_heap.hpp"
#include "guarded_region.hpp"
#include "subject.hpp"

namespace heap44::test {

/// How GoogleTest shows a parameter.
inline void PrintTo(const Kind& kind, std::ostream* output) {
    *output << kind.name;
}

/// `linked-list fit=best order=size coalesce=on` as a part of a test's name.
inline std::string test_name(const testing::TestParamInfo<Kind>& info) {
    std::string name = info.param.name;
    std::ranges::replace_if(
        name, [](unsigned char character) { return std::isalnum(character) == 0; }, '_');
    return name;
}

/// A heap of 100 KiB under one design.
class Conformance : public testing::TestWithParam<Kind> {
protected:
    static constexpr std::size_t size = default_heap_size;

    [[nodiscard]] std::size_t region_size() const { return region_.bytes().size(); }

    GuardedRegion region_{size};
    std::unique_ptr<Subject> subject_ = GetParam().make(region_.bytes());
    CheckedHeap heap_{*subject_, GetParam().promises};
};

}  // namespace heap44::test
