// SPDX-License-Identifier: MIT
// A block's own pages: the pattern beside its payload, and each changed byte of it found and named.
#include "mm/heap/damage/page_slack.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <tuple>
#include <vector>

#include "mm/heap/heap.hpp"
#include "window_heap.hpp"

namespace heap44::test {

namespace {

using Kind = mm::Damage::Kind;
/// Kind, number of the block, offset and size.
using Found = std::vector<std::tuple<Kind, std::uint64_t, std::int64_t, std::size_t>>;
constexpr std::size_t page = page_size;

class PageSlack : public testing::TestWithParam<mm::GuardSide> {
protected:
    [[nodiscard]] static bool is_front() { return GetParam() == mm::GuardSide::front; }
    const mm::Block& allocate(std::size_t size, std::size_t align = 8) {
        return *heap_->allocate({size, align}, 0);
    }
    static std::byte& at(VirtAddr address) { return *reinterpret_cast<std::byte*>(address.value); }
    static void damage(VirtAddr address, std::size_t size = 1) {
        for (std::size_t index = 0; index < size; ++index) at(address + index) ^= std::byte{1};
    }
    static void add(Found& found, const mm::Damage& damage) {
        found.emplace_back(damage.kind, damage.block ? damage.block->number : 0, damage.offset,
                           damage.bytes.size());
    }
    Found checked() {
        Found found;
        heap_->for_each_damage([&](const mm::Damage& damage) { add(found, damage); });
        return found;
    }
    /// What operations have met since the last time.
    Found met() {
        Found found;
        for (const mm::Damage& damage : heap_->damages().first()) add(found, damage);
        heap_->damages().clear();
        return found;
    }
    /// Whether all that is mapped beside payloads holds the pattern.
    bool is_filled() {
        bool filled = true;
        heap_->for_each_mapped([&](VirtAddr start, std::size_t pages) {
            const mm::Block& block = *heap_->ledger().live_from(start);
            for (VirtAddr each = start; each < start + pages * page; each += 1) {
                const bool is_payload = each - block.address < block.layout.size;
                filled = filled && (is_payload || at(each) == mm::Shadow::pattern);
            }
        });
        return filled;
    }

    WindowHeap heap_{64, GetParam()};
};

TEST_P(PageSlack, IsFilledAndThePayloadIsZero) {
    for (const std::size_t size : {0U, 1U, 13U, 4095U, 4096U, 4097U, 9000U}) {
        for (const std::size_t align : {1U, 8U, 256U}) {
            const mm::Block& block = allocate(size, align);
            EXPECT_TRUE(std::ranges::all_of(std::span(&at(block.address), size),
                                            [](std::byte each) { return each == std::byte{}; }));
            EXPECT_TRUE(is_filled()) << size << " " << align;
            EXPECT_EQ(checked(), Found{});
            heap_->free(block, 0);
        }
    }
    EXPECT_EQ(met(), Found{});
}

TEST_P(PageSlack, ChangesArePaddingsOverflowAndTheOthersUnderflow) {
    const mm::Block& block = allocate(20);
    damage(block.address + 21);
    EXPECT_EQ(checked(), (Found{{Kind::overflow, 1, 21, 1}}));
    EXPECT_EQ(checked(), (Found{{Kind::overflow, 1, 21, 1}})) << "looking puts nothing right";
    if (!is_front()) {
        damage(block.address - 3, 3);
        EXPECT_EQ(checked(), (Found{{Kind::underflow, 1, -3, 3}, {Kind::overflow, 1, 21, 1}}));
    }
    heap_->free(block, 0);
    EXPECT_EQ(met().size(), is_front() ? 1U : 2U);
    EXPECT_EQ(checked(), Found{});
}

TEST_P(PageSlack, TheFirstAndTheLastByteOfThePagesAreWatched) {
    const mm::Block& block = allocate(5000);
    const mm::AddressRange pages = mm::pages_of(block);
    EXPECT_EQ(pages.size(), 2 * page);
    const VirtAddr far = is_front() ? pages.last : pages.first;
    damage(far);
    const auto found = checked();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(std::get<Kind>(found[0]), Kind::use_after_free) << "so far away it is nobody's";
    EXPECT_EQ(heap_->repair().damages, 1U);
    EXPECT_EQ(checked(), Found{});
    EXPECT_EQ(at(far), mm::Shadow::pattern);
}

TEST_P(PageSlack, NearChangesAreOneAndFarOnesTwo) {
    const mm::Block& block = allocate(100);
    const VirtAddr start = is_front() ? block.end() : mm::pages_of(block).first;
    damage(start + 300);
    damage(start + 300 + 24);
    EXPECT_EQ(checked().size(), 1U);
    damage(start + 300 + 24 + 25);
    EXPECT_EQ(checked().size(), 2U);
}

TEST_P(PageSlack, TheDumpStaysOnTheBlocksPages) {
    const mm::Block& block = allocate(page - 8);
    damage(is_front() ? block.end() : block.address - 1);
    heap_->for_each_damage([&](const mm::Damage& damage) {
        EXPECT_GE(damage.dump.start, mm::pages_of(block).first);
        EXPECT_LE(damage.dump.start + damage.dump.size, mm::pages_of(block).last + 1);
        EXPECT_GT(damage.dump.size, 0U);
    });
}

TEST_P(PageSlack, AResizeMeetsItToo) {
    const mm::Block& block = allocate(20);
    damage(block.address + 20);
    const mm::Block* moved = heap_->reallocate(block, 50, 0);
    EXPECT_EQ(met(), (Found{{Kind::overflow, 1, 20, 1}}));
    EXPECT_TRUE(is_filled());
    // One that fails leaves the block, and what was told is told once.
    damage(moved->address + 50);
    EXPECT_EQ(heap_->reallocate(*moved, 64 * page, 0), nullptr);
    EXPECT_EQ(met(), (Found{{Kind::overflow, 1, 50, 1}}));
    EXPECT_EQ(checked(), Found{});
    heap_->free(*heap_->ledger().with_number(1), 0);
    EXPECT_EQ(met(), Found{});
}

TEST_P(PageSlack, WithoutPoisonNothingIsFilledOrWatched) {
    heap_->set_poisoning(false);
    const mm::Block& block = allocate(20);
    EXPECT_EQ(at(block.address + 20), std::byte{0});
    damage(block.address + 21);
    EXPECT_EQ(checked(), Found{});
    heap_->set_poisoning(true);
    EXPECT_TRUE(is_filled()) << "what was changed meanwhile is forgotten";
    EXPECT_EQ(checked(), Found{});
    heap_->set_poisoning(false);
    heap_->free(block, 0);
    EXPECT_EQ(met(), Found{});
}

TEST_P(PageSlack, OtherBlocksAreLeftAlone) {
    const mm::Block& first = allocate(20);
    const mm::Block& second = allocate(20);
    damage(second.address + 20);
    heap_->free(first, 0);
    EXPECT_EQ(met(), Found{});
    EXPECT_EQ(checked(), (Found{{Kind::overflow, 2, 20, 1}}));
}

INSTANTIATE_TEST_SUITE_P(Sides, PageSlack,
                         testing::Values(mm::GuardSide::behind, mm::GuardSide::front),
                         [](const auto& info) { return std::string(mm::name(info.param)); });

}  // namespace

}  // namespace heap44::test
