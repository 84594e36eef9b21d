// SPDX-License-Identifier: MIT
// Which holes came, went, or changed a word: exactly those of a model, under every design.
#include "mm/heap/hole_changes.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "window_heap.hpp"

namespace heap44::mm {

void PrintTo(const HoleChange& change, std::ostream* output) {
    static constexpr const char* names[] = {"came", "went", "changed"};
    *output << names[static_cast<std::size_t>(change.kind)] << std::hex;
    for (const ListedHole& hole : {change.before, change.after}) {
        *output << " " << hole.address.value << "+" << hole.size << ">" << hole.next.value;
    }
}

namespace {

using Kind = HoleChange::Kind;
using Changes = std::vector<HoleChange>;

/// Tells what has changed on a heap since it was asked last.
class HoleWatch {
public:
    explicit HoleWatch(Heap& heap) : HoleWatch(heap, HoleChanges::bytes_needed(heap)) {}
    HoleWatch(Heap& heap, std::size_t bytes)
        : heap_(heap), memory_(test::aligned_bytes(bytes)), changes_({memory_.get(), bytes}) {
        (void)update();
    }

    /// False where the look was not complete; then nothing is in `found`.
    bool update() {
        found.clear();
        return changes_.update(heap_, [&](const HoleChange& change) { found.push_back(change); });
    }
    [[nodiscard]] std::span<const ListedHole> holes() const { return changes_.holes(); }

    Changes found;

private:
    Heap& heap_;
    test::AlignedBytes memory_;
    HoleChanges changes_;
};

/// The same, in the simplest way.
class Model {
public:
    explicit Model(const Heap& heap) : heap_(heap), holes_(look()) {}

    Changes update() {
        const auto before = std::exchange(holes_, look());
        std::map<std::uint64_t, HoleChange> changes;
        for (const auto& [address, hole] : before) {
            if (!holes_.contains(address)) changes[address] = {Kind::went, hole, {}};
        }
        for (const auto& [address, hole] : holes_) {
            if (!before.contains(address)) {
                changes[address] = {Kind::came, {}, hole};
            } else if (before.at(address) != hole) {
                changes[address] = {Kind::changed, before.at(address), hole};
            }
        }
        Changes all;
        for (const auto& [address, change] : changes) all.push_back(change);
        return all;
    }

private:
    std::map<std::uint64_t, ListedHole> look() {
        std::map<std::uint64_t, ListedHole> holes;
        EXPECT_FALSE(heap_.for_each_hole([&](const Hole& hole) {
            const VirtAddr address = address_of(hole.address);
            holes[address.value] = {address, hole.size, address_of(hole.next)};
            return true;
        }));
        return holes;
    }

    const Heap& heap_;
    std::map<std::uint64_t, ListedHole> holes_;
};

constexpr VirtAddr at(std::size_t offset) {
    return heap_start + offset;
}

class HoleChangesTest : public testing::Test {
protected:
    void allocate(std::size_t size) { heap_->allocate({size}, 0); }
    void free(std::uint64_t number) { heap_->free(*heap_->ledger().with_number(number), 0); }

    test::TestHeap heap_{4096};
    HoleWatch watch_{*heap_};
};

TEST_F(HoleChangesTest, NothingChangedIsNoChange) {
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, Changes{});
    ASSERT_EQ(watch_.holes().size(), 1U);
    EXPECT_EQ(watch_.holes()[0], (ListedHole{at(0), 4096, {}}));
    allocate(64);
    free(1);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, Changes{}) << "what came and went in between";
}

TEST_F(HoleChangesTest, AHoleThatIsCutFromTheFrontIsAnotherOne) {
    allocate(64);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found,
              (Changes{{Kind::went, {at(0), 4096, {}}, {}}, {Kind::came, {}, {at(64), 4032, {}}}}));
}

TEST_F(HoleChangesTest, AFreedBlockChangesItsPredecessorsNext) {
    for (int block = 0; block < 4; ++block) allocate(64);
    free(1);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, (Changes{{Kind::changed, {at(0), 4096, {}}, {at(0), 64, at(256)}},
                                     {Kind::came, {}, {at(256), 3840, {}}}}));
    free(3);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, (Changes{{Kind::changed, {at(0), 64, at(256)}, {at(0), 64, at(128)}},
                                     {Kind::came, {}, {at(128), 64, at(256)}}}));
    free(2);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, (Changes{{Kind::changed, {at(0), 64, at(128)}, {at(0), 192, at(256)}},
                                     {Kind::went, {at(128), 64, at(256)}, {}}}));
    heap_->reset();
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, (Changes{{Kind::changed, {at(0), 192, at(256)}, {at(0), 4096, {}}},
                                     {Kind::went, {at(256), 3840, {}}, {}}}));
}

TEST_F(HoleChangesTest, AStrayWriteIntoAHoleShows) {
    for (int block = 0; block < 5; ++block) allocate(64);
    free(1);
    free(3);
    (void)watch_.update();
    // The first hole's `next` leads past the second.
    const std::uint64_t behind = at(320).value;
    std::memcpy(heap_->region().data() + 8, &behind, sizeof(behind));
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found, (Changes{{Kind::changed, {at(0), 64, at(128)}, {at(0), 64, at(320)}},
                                     {Kind::went, {at(128), 64, at(320)}, {}}}));
}

TEST_F(HoleChangesTest, NothingIsKnownWhileTheListIsDamaged) {
    allocate(64);
    allocate(64);
    free(1);
    EXPECT_TRUE(watch_.update());
    heap_->region()[8] ^= std::byte{1};  // of `next`, which must be a multiple of 8
    EXPECT_FALSE(watch_.update());
    EXPECT_EQ(watch_.found, Changes{});
    EXPECT_TRUE(watch_.holes().empty());
    heap_->repair();
    EXPECT_FALSE(watch_.update()) << "nothing was known before";
    EXPECT_EQ(watch_.found, Changes{});
    EXPECT_EQ(watch_.holes().size(), 2U);
    free(2);
    EXPECT_TRUE(watch_.update());
    EXPECT_EQ(watch_.found.size(), 2U);
}

TEST_F(HoleChangesTest, NothingIsKnownOfMoreHolesThanThereIsRoomFor) {
    HoleWatch two(*heap_, 2 * 2 * sizeof(ListedHole));
    for (int block = 0; block < 5; ++block) allocate(64);
    free(1);
    EXPECT_TRUE(two.update()) << "two holes";
    EXPECT_EQ(two.found.size(), 2U);
    free(3);
    EXPECT_FALSE(two.update()) << "three";
    EXPECT_EQ(two.found, Changes{});
    EXPECT_TRUE(two.holes().empty());
    free(2);
    EXPECT_FALSE(two.update()) << "two again, but what was before?";
    EXPECT_EQ(two.found, Changes{});
    EXPECT_EQ(two.holes().size(), 2U);
    EXPECT_TRUE(two.update());
    EXPECT_EQ(two.found, Changes{});
}

TEST(HoleChanges, KnowNothingAtFirstNorWithoutMemory) {
    test::TestHeap heap(4096);
    const auto none = [](const HoleChange&) { ADD_FAILURE(); };
    HoleChanges without({});
    EXPECT_FALSE(without.update(*heap, none));
    EXPECT_FALSE(without.update(*heap, none));
    const std::size_t size = HoleChanges::bytes_needed(*heap);
    EXPECT_EQ(size, 2 * 257 * sizeof(ListedHole));
    const auto memory = test::aligned_bytes(size);
    std::fill_n(memory.get(), size, std::byte{0xa5});  // real memory holds anything
    HoleChanges changes({memory.get(), size});
    EXPECT_TRUE(changes.holes().empty());
    EXPECT_FALSE(changes.update(*heap, none));
    EXPECT_TRUE(changes.update(*heap, none));
}

TEST(HoleChanges, TheMostHolesFit) {
    test::TestHeap heap(4096);
    HoleWatch watch(*heap);
    heap->set_policy({.coalesce = Coalesce::off});
    EXPECT_EQ(heap->allocate_all(256, {16}, 0, Fill::none), 256U);
    EXPECT_TRUE(watch.update());
    for (std::uint64_t number = 1; number <= 256; ++number) {
        heap->free(*heap->ledger().with_number(number), 0);
    }
    EXPECT_TRUE(watch.update());
    EXPECT_EQ(watch.found.size(), 256U);
}

/// Random requests, and after a few of them each time what has changed.
void compare_with_model(Heap& heap, std::size_t largest) {
    HoleWatch watch(heap);
    Model model(heap);
    std::mt19937 random(44);
    std::size_t seen = 0;
    for (int round = 0; round < 400; ++round) {
        for (unsigned left = random() % 4; left > 0; --left) {
            const unsigned dice = random() % 100;
            const Block* block =
                heap.ledger().live_from(heap.start() + random() % heap.size() / 8 * 8);
            if (dice == 0) {
                heap.reset();
            } else if (dice < 45 && block != nullptr) {
                heap.free(*block, 0);
            } else if (dice < 55 && block != nullptr) {
                (void)heap.reallocate(*block, 1 + random() % largest, 0);
            } else {
                const std::size_t align = std::size_t{1} << random() % 8;
                (void)heap.allocate({1 + random() % largest, align}, 0);
            }
        }
        ASSERT_TRUE(watch.update()) << "round " << round;
        ASSERT_EQ(watch.found, model.update()) << "round " << round;
        seen += watch.found.size();
    }
    // bump has one hole, dummy none.
    if (heap.design() != "dummy") EXPECT_GT(seen, 100U);
}

TEST(HoleChanges, AreThoseOfAModelUnderEveryDesign) {
    for (const std::string_view name : design_names()) {
        if (uses_window(name)) continue;
        SCOPED_TRACE(name);
        test::TestHeap heap(16 * 1024);
        ASSERT_TRUE(heap->select(name));
        compare_with_model(*heap, 400);
    }
}

TEST(HoleChanges, AreThoseOfAModelUnderEveryPolicy) {
    for (const Fit fit : {Fit::first, Fit::next, Fit::best, Fit::worst}) {
        for (const Order order : {Order::address, Order::size, Order::recent}) {
            for (const Coalesce coalesce : {Coalesce::on, Coalesce::off}) {
                test::TestHeap heap(16 * 1024);
                ASSERT_TRUE(heap->set_policy({fit, order, coalesce}));
                compare_with_model(*heap, 400);
            }
        }
    }
}

TEST(HoleChanges, AreThoseOfAModelInAWindow) {
    test::WindowHeap heap(256);
    compare_with_model(*heap, 3 * page_size);
}

TEST(HoleChanges, GoFromTheRegionToTheWindow) {
    test::WindowHeap heap(64);
    HoleWatch watch(*heap);
    heap->select("linked-list");
    EXPECT_TRUE(watch.update());
    EXPECT_EQ(watch.found, (Changes{{Kind::came, {}, {heap_start, 8192, {}}},
                                    {Kind::went, {guard_window_start, 64 * page_size, {}}, {}}}));
}

}  // namespace
}  // namespace heap44::mm
