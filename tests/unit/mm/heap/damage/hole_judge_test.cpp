// SPDX-License-Identifier: MIT
// Which holes can be true, beside what the ledger knows; and the map of them.
#include "mm/heap/damage/hole_judge.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "region.hpp"

namespace heap44::test {
namespace {

using Kind = mm::HoleFault::Kind;

/// A heap of 4 KiB with one block of 64 bytes at 256.
class HoleJudgeTest : public testing::Test {
protected:
    HoleJudgeTest() { ledger_.add(heap_start + 256, {64}, 64, 0, 0); }

    static std::byte* at(std::uint64_t offset) {
        return reinterpret_cast<std::byte*>(heap_start.value + offset);
    }
    bool judge(std::uint64_t offset, std::size_t hole_size, std::byte* next = nullptr) {
        return judge_({at(offset), hole_size, next});
    }
    void expect_fault(Kind kind, std::uint64_t offset, std::uint64_t value) {
        ASSERT_TRUE(judge_.fault());
        EXPECT_EQ(judge_.fault()->kind, kind);
        EXPECT_EQ(judge_.fault()->hole, heap_start + offset);
        EXPECT_EQ(judge_.fault()->value, value);
    }

    static constexpr std::size_t size = 4096;
    std::vector<std::uint64_t> records_ =
        std::vector<std::uint64_t>(mm::Ledger::bytes_needed(size) / 8);
    std::vector<std::uint64_t> bits_ =
        std::vector<std::uint64_t>(mm::HoleMap::bytes_needed(size) / 8);
    mm::Ledger ledger_{std::as_writable_bytes(std::span(records_)), heap_start, size};
    mm::HoleMap map_{std::as_writable_bytes(std::span(bits_)), heap_start, size};
    mm::HoleJudge judge_{map_, ledger_};
};

TEST_F(HoleJudgeTest, BelievesWhatCanBeTrue) {
    EXPECT_TRUE(judge(0, 256, at(320)));
    EXPECT_TRUE(judge(320, 8, at(size - 8)));
    EXPECT_TRUE(judge(size - 8, 8));
    EXPECT_FALSE(judge_.fault());
    EXPECT_EQ(map_.end_of(heap_start), heap_start + 256);
    EXPECT_EQ(map_.end_of(heap_start + 320), heap_start + 328);
    EXPECT_EQ(map_.end_of(heap_start + size - 8), heap_start + size);
    EXPECT_TRUE(map_.starts_at(heap_start + 320));
    EXPECT_FALSE(map_.starts_at(heap_start + 328));
    EXPECT_EQ(map_.first_from(heap_start + 8), heap_start + 320);
    EXPECT_EQ(map_.first_from(heap_start + 328), heap_start + size - 8);
}

TEST_F(HoleJudgeTest, AMapOfPagesAnswersWithTheirAddresses) {
    constexpr std::size_t unit = 4096;
    std::vector<std::uint64_t> bits(mm::HoleMap::bytes_needed(8 * unit, unit) / 8);
    mm::HoleMap map(std::as_writable_bytes(std::span(bits)), heap_start, 8 * unit, unit);
    map.clear();
    map.insert(heap_start + 2 * unit, 3 * unit);
    EXPECT_EQ(map.end_of(heap_start + 2 * unit), heap_start + 5 * unit);
    EXPECT_EQ(map.first_from(heap_start), heap_start + 2 * unit);
}

TEST_F(HoleJudgeTest, AMapWithoutHolesAnswersWithTheEnd) {
    EXPECT_EQ(map_.first_from(heap_start), heap_start + size);
}

TEST_F(HoleJudgeTest, RefusesWhatLiesOutside) {
    EXPECT_FALSE(judge_({at(0) - 8, 16, nullptr}));
    ASSERT_TRUE(judge_.fault());
    EXPECT_EQ(judge_.fault()->kind, Kind::outside);
    EXPECT_EQ(judge_.fault()->hole, heap_start - 8);
    EXPECT_FALSE(judge(size, 16));
    expect_fault(Kind::outside, size, 16);
    EXPECT_FALSE(judge(0, 0));
    expect_fault(Kind::outside, 0, 0);
    EXPECT_FALSE(judge(size - 8, 16));
    expect_fault(Kind::outside, size - 8, 16);
    EXPECT_FALSE(judge(8, ~std::size_t{0}));
    expect_fault(Kind::outside, 8, ~std::size_t{0});
}

TEST_F(HoleJudgeTest, RefusesWhatIsNoMultipleOfEight) {
    EXPECT_FALSE(judge(4, 16));
    expect_fault(Kind::misaligned, 4, 16);
    EXPECT_FALSE(judge(8, 20));
    expect_fault(Kind::misaligned, 8, 20);
}

TEST_F(HoleJudgeTest, RefusesWhatOverlapsABlock) {
    EXPECT_FALSE(judge(0, 264));
    expect_fault(Kind::overlaps, 0, 264);
    EXPECT_FALSE(judge(312, 16));
    expect_fault(Kind::overlaps, 312, 16);
    EXPECT_FALSE(judge(200, 400));
    expect_fault(Kind::overlaps, 200, 400);
}

TEST_F(HoleJudgeTest, RefusesWhatItHasSeen) {
    EXPECT_TRUE(judge(0, 16));
    EXPECT_FALSE(judge(0, 32));
    expect_fault(Kind::repeated, 0, heap_start.value);
}

TEST_F(HoleJudgeTest, RefusesANextThatIsNoPlaceForAHole) {
    for (const std::uint64_t next : {std::uint64_t{size}, std::uint64_t{12}, -std::uint64_t{8}}) {
        EXPECT_FALSE(judge(0, 16, at(next)));
        expect_fault(Kind::bad_next, 0, heap_start.value + next);
    }
    EXPECT_FALSE(map_.starts_at(heap_start)) << "it was not taken down";
}

TEST_F(HoleJudgeTest, BeginsWithAnEmptyMap) {
    map_.insert(heap_start + 64, 16);
    const mm::HoleJudge next(map_, ledger_);
    EXPECT_EQ(map_.first_from(heap_start), heap_start + size);
}

}  // namespace
}  // namespace heap44::test
