// SPDX-License-Identifier: MIT
// Damage under every design and policy: each kind found, named, told once, put right; and no report
// where nothing is wrong.
#include "mm/heap/damage/damage.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "mm/heap/heap.hpp"
#include "panic.hpp"
#include "region.hpp"
#include "shell/explain/damage.hpp"
#include "shell/explain/inspect.hpp"

namespace heap44::test {
namespace {

using mm::Block;
using mm::Damage;
using Kind = mm::Damage::Kind;

struct Setting {
    std::string design;
    mm::Policy policy;
};

std::vector<Setting> all_settings() {
    std::vector<Setting> settings;
    for (const std::string_view name : mm::design_names())
        settings.push_back({std::string(name), {}});
    for (const mm::Fit fit : {mm::Fit::first, mm::Fit::next, mm::Fit::best, mm::Fit::worst}) {
        for (const mm::Order order : {mm::Order::address, mm::Order::size, mm::Order::recent}) {
            for (const mm::Coalesce coalesce : {mm::Coalesce::on, mm::Coalesce::off})
                settings.push_back({"linked-list", {fit, order, coalesce}});
        }
    }
    return settings;
}

std::string name_of(const testing::TestParamInfo<Setting>& info) {
    const mm::Policy& policy = info.param.policy;
    std::string name = info.param.design;
    if (policy != mm::Policy{}) {
        name.append("_").append(mm::name(policy.fit)).append("_").append(mm::name(policy.order));
        name.append("_coalesce_").append(mm::name(policy.coalesce));
    }
    std::ranges::replace(name, '-', '_');
    return name + "_" + std::to_string(info.index);
}

std::byte* at(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

void flip(VirtAddr address, std::size_t size = 1) {
    for (std::size_t index = 0; index < size; ++index) at(address)[index] ^= std::byte{0x5a};
}

std::vector<std::byte> bytes_of(mm::Heap& heap) {
    return {at(heap.start()), at(heap.end())};
}

std::size_t count_problems(const mm::Heap& heap) {
    std::size_t count = 0;
    shell::for_each_problem(heap, [&](const shell::Problem&) { ++count; });
    return count;
}

class DamageTest : public testing::TestWithParam<Setting> {
protected:
    explicit DamageTest(std::size_t size = 16384) : heap_(size) {
        heap_->select(GetParam().design);
        if (GetParam().policy != mm::Policy{}) heap_->set_policy(GetParam().policy);
    }

    /// A block full of its own number, as a program would use it.
    const Block* use(const Block* block) {
        if (block != nullptr)
            std::fill_n(at(block->address), block->layout.size,
                        static_cast<std::byte>(block->number));
        return block;
    }
    const Block* allocate(std::size_t size, std::size_t align = 8) {
        return use(heap_->allocate({size, align}, 1));
    }
    [[nodiscard]] bool is_dummy() const { return GetParam().design == "dummy"; }
    [[nodiscard]] bool has_words() { return !heap_->hole_fields().empty(); }

    /// What the log holds, and empties it.
    std::vector<Damage> told() {
        const auto found = heap_->damages().first();
        std::vector<Damage> damages(found.begin(), found.end());
        heap_->damages().clear();
        return damages;
    }
    std::vector<Damage> found_by_looking() {
        std::vector<Damage> damages;
        heap_->for_each_damage([&](const Damage& damage) { damages.push_back(damage); });
        return damages;
    }

    TestHeap heap_;
};

TEST_P(DamageTest, IsNeverReportedInAValidHistory) {
    std::mt19937_64 random(44);
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    std::vector<std::uint64_t> live;
    for (int round = 0; round < 1200; ++round) {
        const std::uint64_t choice = below(100);
        const std::size_t size = below(4) == 0 ? below(900) : below(70);
        if (live.empty() || choice < 45) {
            const mm::Fill fill = below(3) == 0 ? mm::Fill::zero : mm::Fill::none;
            const Block* block = heap_->allocate({size, std::size_t{1} << below(9)}, 1, fill);
            if (block == nullptr) continue;
            if (fill == mm::Fill::zero)
                ASSERT_TRUE(std::all_of(at(block->address), at(block->address) + size,
                                        [](std::byte byte) { return byte == std::byte{0}; }));
            live.push_back(use(block)->number);
        } else if (choice < 50) {
            const std::uint64_t before = heap_->ledger().last_number();
            (void)heap_->allocate_all(2 + below(400), {size, 8}, 1, mm::Fill::none);
            const std::uint64_t last = heap_->ledger().last_number();
            for (std::uint64_t number = before + 1; number <= last; ++number)
                live.push_back(number);
        } else if (choice < 51) {
            heap_->try_place({size, 16}, [](const std::byte*) {});
        } else {
            const std::size_t index = below(live.size());
            const Block& block = *heap_->ledger().with_number(live[index]);
            if (choice < 65) {
                use(heap_->reallocate(block, size, 1));
            } else {
                heap_->free(block, 1);
                live.erase(live.begin() + static_cast<std::ptrdiff_t>(index));
            }
        }
        ASSERT_TRUE(heap_->damages().empty()) << "round " << round;
        if (round % 16 == 0) ASSERT_EQ(count_problems(*heap_), 0U) << "round " << round;
    }
    heap_->set_poisoning(false);
    for (const std::uint64_t number : live) heap_->free(*heap_->ledger().with_number(number), 1);
    heap_->set_poisoning(true);
    EXPECT_EQ(count_problems(*heap_), 0U);
    heap_->reset();
    EXPECT_EQ(count_problems(*heap_), 0U);
}

TEST_P(DamageTest, OfPaddingIsAnOverflowAndToldOnce) {
    if (is_dummy()) return;
    const Block* block = allocate(13);
    allocate(16);
    const Block was = *block;
    flip(block->address + 13, 2);
    ASSERT_EQ(found_by_looking().size(), 1U);
    ASSERT_EQ(found_by_looking().size(), 1U) << "looking changes nothing";
    heap_->free(*block, 2);
    const auto damages = told();
    ASSERT_EQ(damages.size(), 1U);
    EXPECT_EQ(damages[0].kind, Kind::overflow);
    EXPECT_EQ(damages[0].bytes.first, was.address + 13);
    EXPECT_EQ(damages[0].bytes.last, was.address + 14);
    EXPECT_EQ(damages[0].block->number, 1U);
    EXPECT_EQ(damages[0].offset, 13);
    EXPECT_EQ(count_problems(*heap_), 0U);
    allocate(13);
    EXPECT_TRUE(told().empty()) << "told once";
}

TEST_P(DamageTest, OfThePaddingInFrontOfABlockIsAnUnderflow) {
    if (is_dummy()) return;
    const Block* below = allocate(9);
    const Block* above = allocate(40);
    if (below->end() != above->address) return;
    flip(above->address - 2, 2);
    heap_->free(*above, 2);
    const auto damages = told();
    ASSERT_EQ(damages.size(), 1U);
    EXPECT_EQ(damages[0].kind, Kind::underflow);
    EXPECT_EQ(damages[0].block->number, 2U);
    EXPECT_EQ(damages[0].offset, -2);
}

TEST_P(DamageTest, OfFreedMemoryIsFoundWhereItIsTakenAgain) {
    if (is_dummy()) return;
    allocate(16);
    const Block* block = allocate(256);
    allocate(16);
    const Block was = *block;
    heap_->free(*block, 7);
    flip(was.address + 100, 5);
    const auto looked = found_by_looking();
    ASSERT_EQ(looked.size(), 1U);
    EXPECT_EQ(looked[0].kind, Kind::use_after_free);
    EXPECT_EQ(looked[0].block->number, 2U);
    EXPECT_EQ(looked[0].block->freed_by, 7U);
    EXPECT_EQ(looked[0].offset, 100);
    EXPECT_EQ(looked[0].bytes.size(), 5U);
    // Until somebody takes the place, operations elsewhere say nothing.
    const Block* taker = allocate(256);
    for (int tries = 0; tries < 64 && taker->address != was.address; ++tries) {
        EXPECT_TRUE(heap_->damages().empty());
        const Block* next = allocate(256);
        if (next == nullptr) break;
        taker = next;
    }
    if (taker->address != was.address) return;
    ASSERT_EQ(heap_->damages().first().size(), 1U);
    EXPECT_EQ(told()[0].offset, 100);
    EXPECT_EQ(count_problems(*heap_), 0U);
}

TEST_P(DamageTest, JustBehindTheBytesThatASplitTakesIsNotMissed) {
    if (is_dummy()) return;
    const Block* block = allocate(256);
    allocate(16);
    const VirtAddr start = block->address;
    heap_->free(*block, 1);
    // The rest of the hole will have its words there, where a design keeps any.
    flip(start + 18);
    const Block* taker = allocate(16);
    if (taker->address == start && taker->block_size == 16) {
        ASSERT_EQ(heap_->damages().first().size(), 1U);
        EXPECT_EQ(told()[0].offset, 18);
    }
}

TEST_P(DamageTest, ToAnyBitOfAHolesWordsStopsTheNextOperationWhole) {
    if (!has_words()) return;
    std::vector<std::uint64_t> numbers;
    for (const std::size_t size : {100U, 24U, 2100U, 24U, 64U, 24U, 64U, 24U})
        numbers.push_back(allocate(size)->number);
    for (const std::size_t index : {0U, 2U, 4U, 6U})
        heap_->free(*heap_->ledger().with_number(numbers[index]), 1);
    std::vector<mm::Hole> holes;
    heap_->for_each_hole([&](const mm::Hole& hole) {
        holes.push_back(hole);
        return true;
    });
    ASSERT_GE(holes.size(), 3U);
    for (const mm::Hole& hole : holes) {
        std::vector<std::size_t> offsets;
        for (std::size_t offset = 0; offset < hole.front; ++offset) offsets.push_back(offset);
        for (std::size_t back = 1; back <= hole.back; ++back) offsets.push_back(hole.size - back);
        for (const std::size_t offset : offsets) {
            const VirtAddr word = address_of(hole.address) + offset;
            flip(word);
            const auto before = bytes_of(*heap_);
            // The last one, and more than a hole in front has: the way there leads past all holes.
            const Block& victim = *heap_->ledger().with_number(numbers.back());
            EXPECT_THROW((void)heap_->allocate({4000, 8}, 5), Panic);
            heap_->recover();
            EXPECT_THROW(heap_->free(victim, 5), Panic);
            heap_->recover();
            EXPECT_THROW((void)heap_->reallocate(victim, 4000, 5), Panic);
            heap_->recover();
            EXPECT_EQ(bytes_of(*heap_), before) << "nothing is changed";
            EXPECT_TRUE(victim.is_live());
            const auto broken = heap_->find_broken_word();
            ASSERT_TRUE(broken);
            EXPECT_EQ(broken->hole, address_of(hole.address));
            EXPECT_NE(broken->value, broken->true_value);
            EXPECT_LE(broken->address, word);
            EXPECT_GT(broken->address + broken->size, word);
            EXPECT_EQ(count_problems(*heap_), 1U);
            const mm::Repair repair = heap_->repair();
            EXPECT_EQ(repair.holes, 1U);
            EXPECT_EQ(repair.damages, 0U);
            EXPECT_EQ(count_problems(*heap_), 0U);
            EXPECT_EQ(heap_->repair().holes, 0U);
        }
    }
    EXPECT_NE(allocate(48), nullptr);
    EXPECT_TRUE(told().empty());
}

TEST_P(DamageTest, WithoutPoisonOnlyTheHolesWordsAreWatched) {
    if (is_dummy()) return;
    heap_->set_poisoning(false);
    const Block* block = allocate(13);
    flip(block->address + 13);
    heap_->free(*allocate(200), 1);
    flip(heap_->end() - 64, 8);
    EXPECT_EQ(count_problems(*heap_), 0U);
    heap_->free(*block, 1);
    EXPECT_TRUE(told().empty());
    if (!has_words()) return;
    heap_->for_each_hole([&](const mm::Hole& hole) {
        flip(address_of(hole.address));
        return false;
    });
    EXPECT_GE(count_problems(*heap_), 1U);
    EXPECT_THROW(allocate(16), Panic);
    heap_->recover();
    EXPECT_EQ(heap_->repair().holes, 1U);
    EXPECT_EQ(count_problems(*heap_), 0U);
}

TEST_P(DamageTest, IsNotWhatAProgramWritesIntoItsOwnBlock) {
    if (is_dummy()) return;
    const Block* block = allocate(100);
    const Block* other = allocate(64);
    flip(block->address, 100);
    flip(other->address, 64);
    heap_->free(*block, 1);
    flip(other->address, 64);
    (void)heap_->reallocate(*other, 65, 1);
    EXPECT_TRUE(told().empty());
    EXPECT_EQ(count_problems(*heap_), 0U);
}

TEST_P(DamageTest, ChangesNoPlaceWhetherWatchedOrNot) {
    std::vector<std::vector<std::uint64_t>> places;
    for (const bool on : {true, false}) {
        heap_->reset();
        heap_->set_poisoning(on);
        std::mt19937_64 random(7);
        places.emplace_back();
        for (std::uint64_t round = 0; round < 1000; ++round) {
            const Block* old = heap_->ledger().with_number(1 + random() % (1 + round));
            if (round % 3 == 2 && old != nullptr && old->is_live()) {
                heap_->free(*old, 1);
            } else if (const Block* block = allocate(random() % 200)) {
                places.back().push_back(block->address.value);
            }
        }
    }
    EXPECT_EQ(places[0], places[1]);
}

INSTANTIATE_TEST_SUITE_P(EveryDesign, DamageTest, testing::ValuesIn(all_settings()), name_of);

}  // namespace
}  // namespace heap44::test
