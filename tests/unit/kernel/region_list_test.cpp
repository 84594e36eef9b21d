// SPDX-License-Identifier: MIT
// The list of named regions: its order, what lies where, and what a full list does.
#include "kernel/region_list.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace heap44::kernel {
namespace {

TEST(RegionList, RegionsStandInAddressOrderHoweverTheyCome) {
    const auto list = std::make_unique<RegionList>();
    list->add("text", VirtAddr{0xffff'ffff'8000'0000}, VirtAddr{0xffff'ffff'8001'0000});
    list->add("heap", VirtAddr{0x4000}, VirtAddr{0x5000});
    list->add("guard", VirtAddr{0x3000}, VirtAddr{0x4000});
    list->add("ledger", VirtAddr{0x9000}, VirtAddr{0xa000});
    ASSERT_EQ(list->all().size(), 4U);
    EXPECT_EQ(list->all()[0].kind, "guard");
    EXPECT_EQ(list->all()[1].kind, "heap");
    EXPECT_EQ(list->all()[2].kind, "ledger");
    EXPECT_EQ(list->all()[3].kind, "text");
}

TEST(RegionList, AnOverlapIsAnyByteInCommon) {
    const auto list = std::make_unique<RegionList>();
    list->add("heap", VirtAddr{0x4000}, VirtAddr{0x5000});
    EXPECT_EQ(list->overlap(VirtAddr{0x3000}, VirtAddr{0x4000}), nullptr);
    EXPECT_EQ(list->overlap(VirtAddr{0x5000}, VirtAddr{0x6000}), nullptr);
    for (const std::uint64_t start : {0x3001U, 0x4000U, 0x4800U, 0x4fffU}) {
        const auto* found = list->overlap(VirtAddr{start}, VirtAddr{start + 0x1000});
        ASSERT_NE(found, nullptr) << start;
        EXPECT_EQ(found->kind, "heap");
    }
}

TEST(RegionList, AFullListKeepsWhatItHas) {
    const auto list = std::make_unique<RegionList>();
    for (std::uint64_t i = 0; i < RegionList::capacity + 10; ++i) {
        list->add("page", VirtAddr{i * 0x1000}, VirtAddr{(i + 1) * 0x1000});
    }
    EXPECT_EQ(list->all().size(), RegionList::capacity);
    EXPECT_EQ(list->all().back().end, VirtAddr{RegionList::capacity * 0x1000});
}

}  // namespace
}  // namespace heap44::kernel
