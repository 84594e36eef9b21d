// SPDX-License-Identifier: MIT
// The ledger by itself: whom it finds by address, number and name when records are used again.
#include "mm/heap/ledger/ledger.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "lib/address_plan.hpp"

namespace heap44::test {
namespace {

using mm::Block;
using mm::Ledger;
using Kind = mm::Verdict::Kind;

/// The ledger of a heap of 4 KiB: it has records for 256 live blocks and 4096 freed ones.
class LedgerTest : public testing::Test {
protected:
    static constexpr std::size_t size = 4096;
    static constexpr std::size_t records = size / 8 / 2 + Ledger::remembered;

    static VirtAddr at(std::size_t offset) { return heap_start + offset; }
    const Block& add(std::size_t offset, std::size_t block_size = 16) {
        return ledger_.add(at(offset), {block_size}, block_size, 7, 1);
    }
    void free(std::uint64_t number) { ledger_.remove(*ledger_.with_number(number), 8, 2); }
    /// Blocks that came and went, all at the same place.
    void pass(std::size_t count, std::size_t offset = 1024) {
        for (std::size_t done = 0; done < count; ++done) ledger_.remove(add(offset), 8, 2);
    }
    std::vector<std::uint64_t> freed() const {
        std::vector<std::uint64_t> numbers;
        ledger_.for_each_freed([&](const Block& block) { numbers.push_back(block.number); });
        return numbers;
    }

    // Real memory holds anything.
    std::vector<std::uint64_t> memory_ =
        std::vector<std::uint64_t>(Ledger::bytes_needed(size) / 8, 0xa5a5'a5a5'a5a5'a5a5);
    Ledger ledger_{std::as_writable_bytes(std::span(memory_)), heap_start, size};
};

TEST_F(LedgerTest, FindsALiveBlockByItsStartOnly) {
    add(32);
    EXPECT_EQ(ledger_.live_at(at(32))->number, 1U);
    EXPECT_EQ(ledger_.live_at(at(40)), nullptr);
    EXPECT_EQ(ledger_.live_at(at(24)), nullptr);
    EXPECT_EQ(ledger_.live_around(at(47))->number, 1U);
    EXPECT_EQ(ledger_.live_around(at(48)), nullptr);
    EXPECT_EQ(ledger_.live_around(at(31)), nullptr);
}

TEST_F(LedgerTest, KnowsNoNumberThatWasNotGivenYet) {
    EXPECT_EQ(ledger_.with_number(0), nullptr);
    EXPECT_EQ(ledger_.with_number(1), nullptr);
    add(32);
    EXPECT_EQ(ledger_.with_number(2), nullptr);
}

TEST_F(LedgerTest, FindsNeighboursWithinTheRegionOnly) {
    add(32);
    add(64);
    EXPECT_EQ(ledger_.live_up_to(at(31)), nullptr);
    EXPECT_EQ(ledger_.live_up_to(at(32))->number, 1U);
    EXPECT_EQ(ledger_.live_up_to(at(63))->number, 1U);
    EXPECT_EQ(ledger_.live_up_to(at(size - 1))->number, 2U);
    EXPECT_EQ(ledger_.live_up_to(at(size)), nullptr);
    EXPECT_EQ(ledger_.live_from(at(0))->number, 1U);
    EXPECT_EQ(ledger_.live_from(at(33))->number, 2U);
    EXPECT_EQ(ledger_.live_from(at(65)), nullptr);
    EXPECT_EQ(ledger_.live_from(at(0) - 1), nullptr);
    EXPECT_EQ(ledger_.live_after(*ledger_.live_at(at(32)))->number, 2U);
    EXPECT_EQ(ledger_.region_start(), at(0));
    EXPECT_EQ(ledger_.region_end(), at(size));
    EXPECT_EQ(ledger_.granule(), 8U);
}

TEST_F(LedgerTest, CountsWhatIsTakenAndWhatWasAskedFor) {
    ledger_.add(at(0), {13}, 16, 0, 0);
    ledger_.add(at(16), {100}, 104, 0, 0);
    EXPECT_EQ(ledger_.live_count(), 2U);
    EXPECT_EQ(ledger_.taken_bytes(), 120U);
    EXPECT_EQ(ledger_.requested_bytes(), 113U);
    ledger_.resize(*ledger_.with_number(2), at(16), 50, 56, 0, 0);
    EXPECT_EQ(ledger_.taken_bytes(), 72U);
    EXPECT_EQ(ledger_.requested_bytes(), 63U);
    ledger_.resize(*ledger_.with_number(2), at(512), 200, 200, 0, 0);
    EXPECT_EQ(ledger_.taken_bytes(), 216U);
    EXPECT_EQ(ledger_.requested_bytes(), 213U);
    free(1);
    EXPECT_EQ(ledger_.live_count(), 1U);
    EXPECT_EQ(ledger_.taken_bytes(), 200U);
    EXPECT_EQ(ledger_.requested_bytes(), 200U);
    EXPECT_EQ(ledger_.last_number(), 2U);
}

TEST_F(LedgerTest, NotesWhoDidWhatAndWhen) {
    const Block& block = ledger_.add(at(16), {13, 4}, 16, 0xa, 5);
    EXPECT_EQ(block.layout, (mm::Layout{13, 4}));
    EXPECT_EQ(block.caller, 0xaU);
    EXPECT_EQ(block.allocated_in, 5U);
    EXPECT_EQ(block.resized_in, 0U);
    EXPECT_EQ(block.freed_by, 0U);
    EXPECT_EQ(block.freed_in, 0U);
    ledger_.resize(block, at(16), 14, 16, 0xb, 6);
    EXPECT_EQ(block.resized_in, 6U);
    EXPECT_EQ(block.allocated_in, 5U);
    EXPECT_EQ(block.caller, 0xaU) << "who allocated it, not who resized it";
    const Block& moved = ledger_.resize(block, at(64), 40, 40, 0xc, 7);
    EXPECT_EQ(moved.resized_in, 7U);
    EXPECT_EQ(ledger_.freed_at(at(16))->freed_by, 0xcU);
    EXPECT_EQ(ledger_.freed_at(at(16))->freed_in, 7U);
    ledger_.remove(moved, 0xd, 8);
    EXPECT_EQ(ledger_.freed_at(at(64))->freed_by, 0xdU);
    EXPECT_EQ(ledger_.freed_at(at(64))->freed_in, 8U);
}

TEST_F(LedgerTest, FreedBlocksAreToldOfFromTheLongestFreedOn) {
    for (const std::size_t offset : {0U, 16U, 32U, 48U}) add(offset);
    for (const std::uint64_t number : {3U, 1U, 4U}) free(number);
    EXPECT_EQ(freed(), (std::vector<std::uint64_t>{3, 1, 4}));
}

TEST_F(LedgerTest, ABlockThatWasTakenBackIsNoFreedOne) {
    add(0);
    free(1);
    ledger_.take_back(add(16));
    EXPECT_EQ(freed(), (std::vector<std::uint64_t>{1}));
    EXPECT_EQ(ledger_.with_number(2), nullptr);
    EXPECT_EQ(ledger_.judge(at(16)).kind, Kind::invalid_free);
    EXPECT_EQ(add(32).number, 2U);
    ledger_.take_back(*ledger_.with_number(2));
    EXPECT_EQ(ledger_.live_count(), 0U);
}

TEST_F(LedgerTest, TakingABlockBackForgetsNoOther) {
    for (const std::size_t offset : {0U, 16U, 32U}) add(offset);
    free(1);
    ledger_.take_back(*ledger_.with_number(3));
    EXPECT_EQ(ledger_.latest_start(at(32)), nullptr);
    free(2);
    EXPECT_EQ(freed(), (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(LedgerTest, APlaceKnowsItsLatestBlockUntilThatIsForgotten) {
    add(0);
    free(1);
    add(0);
    add(64);
    free(3);
    EXPECT_EQ(ledger_.latest_start(at(64))->number, 3U);
    pass(records);
    EXPECT_EQ(ledger_.judge(at(0)).kind, Kind::live) << "#1 is forgotten, #2 is there";
    EXPECT_EQ(ledger_.judge(at(0)).block->number, 2U);
    EXPECT_EQ(ledger_.latest_start(at(64)), nullptr);
    EXPECT_EQ(ledger_.judge(at(64)).kind, Kind::invalid_free);
}

TEST_F(LedgerTest, NamesOfMovedBlocksOutliveTheirOldPlaces) {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < 250; ++index) {
        names.push_back("name" + std::to_string(index));
        ledger_.set_name(add(16 * index), names.back());
    }
    for (std::size_t index = 0; index < names.size(); index += 2) {
        const Block& block = *ledger_.with_number(index + 1);
        ledger_.resize(block, block.address + 8, 8, 8, 0, 0);
    }
    pass(records, size - 16);
    for (std::size_t index = 0; index < names.size(); ++index) {
        ASSERT_NE(ledger_.with_name(names[index]), nullptr) << index;
        EXPECT_EQ(ledger_.with_name(names[index])->number, index + 1);
    }
}

TEST_F(LedgerTest, TheFirstBlockCanBeTakenBackAndTheNextOneFreed) {
    ledger_.take_back(add(0));
    EXPECT_EQ(ledger_.last_number(), 0U);
    add(0);
    free(1);
    EXPECT_EQ(freed(), (std::vector<std::uint64_t>{1}));
}

TEST_F(LedgerTest, RemembersThatManyFreedBlocksAndNoMore) {
    pass(Ledger::remembered + 1);
    EXPECT_EQ(freed().size(), Ledger::remembered + 1);
    add(0);
    EXPECT_EQ(freed().size(), Ledger::remembered) << "the new block has the record of the oldest";
    EXPECT_EQ(freed().front(), 2U);
    EXPECT_EQ(ledger_.with_number(1), nullptr);
    EXPECT_EQ(ledger_.with_number(2)->number, 2U);
    ledger_.take_back(*ledger_.live_at(at(0)));
    EXPECT_EQ(ledger_.with_number(1), nullptr) << "nor is what was taken back";
}

TEST_F(LedgerTest, HasRoomForSoManyLiveBlocks) {
    for (std::size_t offset = 0; offset < size - 16; offset += 16) add(offset);
    EXPECT_TRUE(ledger_.has_room());
    add(size - 16);
    EXPECT_FALSE(ledger_.has_room());
    free(1);
    EXPECT_TRUE(ledger_.has_room());
}

TEST_F(LedgerTest, AFreedBlockIsFoundWhenAYoungerOneHasItsPlaceInTheCache) {
    add(0);
    pass(records);
    free(1);
    EXPECT_EQ(ledger_.with_number(1)->state, Block::State::freed);
    EXPECT_EQ(ledger_.with_number(1)->address, at(0));
    // Of the two places of a block that was moved the live one is meant.
    const std::uint64_t number = add(32).number;
    pass(records - 1);
    ledger_.resize(*ledger_.with_number(number), at(512), 40, 40, 0, 0);
    pass(1);
    EXPECT_EQ(ledger_.with_number(number)->address, at(512));
}

TEST_F(LedgerTest, OfTwoBlocksFreedAtAPlaceTheYoungerOneIsMeant) {
    // The first record is used again: the younger block's then stands before the older one's.
    pass(1, 2048);
    pass(Ledger::remembered - 1);
    pass(1, 64);
    pass(1, 64);
    const std::uint64_t younger = ledger_.last_number();
    EXPECT_EQ(ledger_.judge(at(64)).block->number, younger);
    ledger_.take_back(add(64));
    EXPECT_EQ(ledger_.judge(at(64)).kind, Kind::double_free);
    EXPECT_EQ(ledger_.judge(at(64)).block->number, younger);
}

TEST_F(LedgerTest, OfTwoBlocksFreedAtAPlaceTheYoungerOneIsMeantWhereverItsRecordIs) {
    pass(2, 64);
    ledger_.take_back(add(64));
    EXPECT_EQ(ledger_.judge(at(64)).block->number, 2U);
    EXPECT_EQ(ledger_.judge(at(72)).kind, Kind::invalid_free);
}

TEST_F(LedgerTest, NamesThatShareAListAreToldApart) {
    std::vector<std::string> names;
    for (std::size_t index = 0; index < 250; ++index) {
        names.push_back("name" + std::to_string(index));
        ledger_.set_name(add(16 * index), names.back());
    }
    for (std::size_t index = 0; index < names.size(); ++index) {
        ASSERT_NE(ledger_.with_name(names[index]), nullptr) << index;
        EXPECT_EQ(ledger_.with_name(names[index])->number, index + 1);
    }
    // The older half is forgotten, each from wherever in its list it stands.
    for (std::uint64_t number = 1; number <= 125; ++number) free(number);
    pass(records);
    for (std::size_t index = 0; index < names.size(); ++index) {
        const Block* found = ledger_.with_name(names[index]);
        EXPECT_EQ(found != nullptr ? found->number : 0, index < 125 ? 0 : index + 1);
    }
}

TEST_F(LedgerTest, AMovedBlockTakesItsNameAlong) {
    ledger_.set_name(add(0), "a");
    ledger_.resize(*ledger_.with_number(1), at(512), 40, 40, 0, 0);
    EXPECT_EQ(ledger_.with_name("a")->address, at(512));
    EXPECT_EQ(ledger_.with_name("a")->name.view(), "a");
    EXPECT_TRUE(ledger_.freed_at(at(0))->name.empty());
    ledger_.resize(*ledger_.with_number(1), at(1024), 48, 48, 0, 0);
    EXPECT_EQ(ledger_.with_name("a")->address, at(1024));
}

/// A name that is kept in the same list as this one, however many lists there are.
std::string neighbour_of(std::string_view name) {
    const auto list = [](std::string_view each) {
        return std::hash<std::string_view>{}(each) % (1 << 16);
    };
    for (int number = 0;; ++number) {
        std::string other = std::to_string(number);
        if (list(other) == list(name)) return other;
    }
}

TEST_F(LedgerTest, TheOldPlaceOfAMovedBlockIsInNoList) {
    ledger_.set_name(add(0), "another list");
    const std::string name = neighbour_of("moved");
    ledger_.set_name(add(16), name);
    ledger_.set_name(add(32), "moved");
    ledger_.resize(*ledger_.with_number(3), at(512), 40, 40, 0, 0);
    pass(records);  // the old place's record is used again
    ASSERT_NE(ledger_.with_name("moved"), nullptr);
    EXPECT_EQ(ledger_.with_name("moved")->address, at(512));
    ASSERT_NE(ledger_.with_name(name), nullptr);
    EXPECT_EQ(ledger_.with_name(name)->number, 2U);
}

TEST_F(LedgerTest, ForgetsAllWhenCleared) {
    ledger_.set_name(add(0), "a");
    add(16);
    free(2);
    ledger_.clear();
    EXPECT_EQ(ledger_.live_count(), 0U);
    EXPECT_EQ(ledger_.taken_bytes(), 0U);
    EXPECT_EQ(ledger_.requested_bytes(), 0U);
    EXPECT_EQ(ledger_.last_number(), 0U);
    EXPECT_EQ(ledger_.with_name("a"), nullptr);
    EXPECT_EQ(ledger_.with_number(1), nullptr);
    EXPECT_EQ(ledger_.judge(at(0)).kind, Kind::invalid_free);
    EXPECT_EQ(ledger_.judge(at(16)).kind, Kind::invalid_free);
    EXPECT_EQ(ledger_.latest_start(at(0)), nullptr);
    EXPECT_EQ(ledger_.live_from(at(0)), nullptr);
    EXPECT_TRUE(freed().empty());
    EXPECT_EQ(add(32).number, 1U);
}

}  // namespace
}  // namespace heap44::test
