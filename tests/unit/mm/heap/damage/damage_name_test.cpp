// SPDX-License-Identifier: MIT
// What a changed range of memory is called, and from which block it is told.
#include <gtest/gtest.h>
#include <optional>

#include "mm/heap/damage/damage.hpp"
#include "region.hpp"

namespace heap44::test {
namespace {

using mm::Damage;
using Kind = mm::Damage::Kind;

class DamageNameTest : public testing::Test {
protected:
    VirtAddr at(std::size_t offset) { return heap_->start() + offset; }
    void allocate(std::size_t size, std::size_t align = 8) { heap_->allocate({size, align}, 1); }
    void free(std::uint64_t number) { heap_->free(*heap_->ledger().with_number(number), 2); }
    Damage name(std::size_t first, std::size_t last) {
        return mm::name_damage(heap_->ledger(), {at(first), at(last)}, heap_->region());
    }
    void expect(std::size_t first, std::size_t last, Kind kind, std::uint64_t number,
                std::int64_t offset) {
        const Damage damage = name(first, last);
        EXPECT_EQ(damage.kind, kind) << first << " to " << last;
        EXPECT_EQ(damage.bytes.first, at(first));
        EXPECT_EQ(damage.bytes.last, at(last));
        ASSERT_TRUE(damage.block) << first << " to " << last;
        EXPECT_EQ(damage.block->number, number) << first << " to " << last;
        EXPECT_EQ(damage.offset, offset) << first << " to " << last;
    }

    TestHeap heap_{4096};
};

TEST_F(DamageNameTest, InPaddingIsFromTheBlockBelowUnlessItOnlyReachesTheOneAbove) {
    allocate(13);
    allocate(16);
    expect(13, 13, Kind::overflow, 1, 13);
    expect(13, 15, Kind::overflow, 1, 13);
    expect(14, 14, Kind::overflow, 1, 14);
    expect(14, 15, Kind::underflow, 2, -2);
}

TEST_F(DamageNameTest, ThatBeginsWithAFreedBlockIsAUseAfterFree) {
    for (int count = 0; count < 3; ++count) allocate(32);
    free(2);
    expect(32, 39, Kind::use_after_free, 2, 0);
    expect(32, 63, Kind::use_after_free, 2, 0);
    expect(40, 47, Kind::use_after_free, 2, 8);
    expect(40, 63, Kind::underflow, 3, -24);
}

TEST_F(DamageNameTest, ThatBeginsRightBehindALiveBlockIsAnOverflowAlsoInFreedMemory) {
    allocate(64);
    allocate(16);
    free(1);
    allocate(16);
    expect(16, 20, Kind::overflow, 3, 16);
    expect(24, 28, Kind::use_after_free, 1, 24);
}

TEST_F(DamageNameTest, WhereNothingEverWasBelongsToTheBlockThatIsNear) {
    allocate(16);
    allocate(16, 128);
    expect(16, 20, Kind::overflow, 1, 16);
    expect(31, 40, Kind::overflow, 1, 31);
    expect(112, 115, Kind::underflow, 2, -16);
    expect(100, 127, Kind::underflow, 2, -28);
    expect(159, 170, Kind::overflow, 2, 31);
}

TEST_F(DamageNameTest, WhereNothingEverWasAndNoBlockIsNearIsNobodys) {
    allocate(16);
    allocate(16, 128);
    for (const std::size_t first : {32U, 111U, 160U, 4080U}) {
        const Damage damage = name(first, first + 5);
        EXPECT_EQ(damage.kind, Kind::use_after_free) << first;
        EXPECT_FALSE(damage.block) << first;
    }
}

TEST_F(DamageNameTest, NamesTheOtherBlockThatMayBeToBlame) {
    const auto expect_also = [&](std::size_t first, std::size_t last, Kind kind,
                                 std::uint64_t number, std::int64_t offset) {
        const Damage damage = name(first, last);
        ASSERT_TRUE(damage.also) << first << " to " << last;
        EXPECT_EQ(damage.also->kind, kind) << first << " to " << last;
        EXPECT_EQ(damage.also->block.number, number) << first << " to " << last;
        EXPECT_EQ(damage.also->offset, offset) << first << " to " << last;
    };
    allocate(64);
    allocate(15);
    allocate(16);
    free(1);
    expect(63, 63, Kind::underflow, 2, -1);
    expect_also(63, 63, Kind::use_after_free, 1, 63);
    expect(79, 79, Kind::overflow, 2, 15);
    expect_also(79, 79, Kind::underflow, 3, -1);
    free(3);
    expect(80, 83, Kind::use_after_free, 3, 0);
    expect_also(80, 83, Kind::overflow, 2, 16);
    EXPECT_FALSE(name(60, 62).also) << "a byte is between it and the block";
    EXPECT_FALSE(name(200, 210).also);
}

TEST_F(DamageNameTest, InAnEmptyHeapIsNobodys) {
    const Damage damage = name(40, 47);
    EXPECT_EQ(damage.kind, Kind::use_after_free);
    EXPECT_FALSE(damage.block);
    EXPECT_EQ(damage.offset, 0);
}

TEST_F(DamageNameTest, IsShownWithTheRowInFrontOfItWithinTheHeap) {
    const auto expect_dump = [&](std::size_t first, std::size_t start, std::size_t size) {
        const mm::Dump dump = name(first, first).dump;
        EXPECT_EQ(dump.start, at(start)) << first;
        ASSERT_EQ(dump.size, size) << first;
        EXPECT_TRUE(std::equal(dump.bytes.begin(), dump.bytes.begin() + size,
                               heap_->region().begin() + static_cast<std::ptrdiff_t>(start)))
            << first;
    };
    for (std::size_t offset = 0; offset < heap_->size(); ++offset)
        heap_->region()[offset] = static_cast<std::byte>(offset * 7);
    expect_dump(0, 0, 64);
    expect_dump(15, 0, 64);
    expect_dump(16, 0, 64);
    expect_dump(31, 0, 64);
    expect_dump(32, 16, 64);
    expect_dump(100, 80, 64);
    expect_dump(4063, 4032, 64);
    expect_dump(4064, 4048, 48);
    expect_dump(4095, 4064, 32);
}

TEST_F(DamageNameTest, TheLogKeepsTheFirstAndCountsTheRest) {
    mm::DamageLog log;
    EXPECT_TRUE(log.empty());
    allocate(16);
    for (std::size_t count = 0; count < mm::DamageLog::most; ++count) log.add(name(32 + count, 40));
    EXPECT_FALSE(log.empty());
    EXPECT_EQ(log.first().size(), mm::DamageLog::most);
    EXPECT_EQ(log.further(), 0U);
    log.add(name(100, 101));
    log.add(name(200, 201));
    EXPECT_EQ(log.first().size(), mm::DamageLog::most);
    EXPECT_EQ(log.first().back().bytes.first, at(32 + mm::DamageLog::most - 1));
    EXPECT_EQ(log.further(), 2U);
    log.clear();
    EXPECT_TRUE(log.empty());
    EXPECT_EQ(log.first().size(), 0U);
    EXPECT_EQ(log.further(), 0U);
}

}  // namespace
}  // namespace heap44::test
