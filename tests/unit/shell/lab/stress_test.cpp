// SPDX-License-Identifier: MIT
// `stress` finds what is wrong with designs that are broken on purpose, and tells it in few
// commands.
#include "shell/lab/stress.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "mm/heap/damage/hole_judge.hpp"
#include "mm/heap/designs/linked_list.hpp"
#include "region.hpp"
#include "shell/render/stress_text.hpp"

namespace heap44::test {
namespace {

using shell::Problem;
using shell::Stress;

constexpr std::size_t size = default_heap_size;

struct Panic {};

/// A design with a ledger beside it, as in the heap.
template <class D>
class BrokenHeap final : public shell::StressTarget {
public:
    void reset() override {
        design_.emplace(region_.bytes());
        ledger_.clear();
    }
    [[nodiscard]] std::span<std::byte> region() const override { return region_.bytes(); }
    std::byte* allocate(mm::Layout layout, mm::Fill fill) override {
        std::byte* block = fill == mm::Fill::zero ? mm::allocate_zeroed(*design_, layout)
                                                  : design_->allocate(layout);
        if (block != nullptr) {
            ledger_.add(address_of(block), layout, design_->block_size(layout), 0, 0);
        }
        return block;
    }
    void deallocate(std::byte* block, mm::Layout layout) override {
        design_->deallocate(block, layout);
        ledger_.remove(*ledger_.live_at(address_of(block)), 0, 0);
    }
    std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) override {
        std::byte* moved = mm::reallocate(*design_, block, layout, new_size);
        if (moved == nullptr) return nullptr;
        ledger_.resize(*ledger_.live_at(address_of(block)), address_of(moved), new_size,
                       design_->block_size({new_size, layout.align}), 0, 0);
        return moved;
    }
    [[nodiscard]] std::optional<Problem> find_problem() override {
        mm::HoleJudge judge(holes_, ledger_);
        std::size_t free = 0;
        design_->for_each_hole([&](const mm::Hole& hole) {
            free += hole.size;
            return judge(hole);
        });
        if (judge.fault()) return Problem{"corrupted-heap", judge.fault()->hole, {}};
        if (free + ledger_.taken_bytes() == size) return std::nullopt;
        return Problem{"corrupted-heap", heap_start, FixedText<256>("bytes are lost")};
    }
    std::optional<Problem> run_guarded(shell::Task& task) override {
        try {
            task.run();
        } catch (const Panic&) {
            return Problem{"panic", heap_start, FixedText<256>("it panicked")};
        }
        return std::nullopt;
    }
    void pass() override {}

private:
    Region region_;
    std::vector<std::uint64_t> ledger_memory_ =
        std::vector<std::uint64_t>(mm::Ledger::bytes_needed(size) / 8 + 1);
    std::vector<std::uint64_t> hole_memory_ =
        std::vector<std::uint64_t>(mm::HoleMap::bytes_needed(size) / 8 + 1);
    mm::Ledger ledger_{std::as_writable_bytes(std::span(ledger_memory_)), heap_start, size};
    mm::HoleMap holes_{std::as_writable_bytes(std::span(hole_memory_)), heap_start, size};
    std::optional<D> design_;
};

std::vector<std::string> commands(const Stress& stress) {
    std::vector<std::string> texts;
    for (const shell::StressOperation& operation : stress.sequence()) {
        if (shell::has_command(operation))
            texts.emplace_back(shell::command_text(operation).view());
    }
    return texts;
}

using Commands = std::vector<std::string>;

/// What is found in a broken design, with the commands that it takes.
template <class D>
struct Finding {
    std::unique_ptr<Stress> stress = std::make_unique<Stress>();
    BrokenHeap<D> heap;
    bool passed;

    explicit Finding(std::uint64_t seed, std::uint64_t count = 20'000)
        : passed(stress->run(heap, count, seed)) {}
    [[nodiscard]] std::string message() const {
        return std::string(stress->problem()->message.view());
    }
};

TEST(StressTest, SoundDesignPasses) {
    const Finding<mm::LinkedList> finding(1);
    EXPECT_TRUE(finding.passed);
    EXPECT_EQ(finding.stress->operations(), 20'000U);
    EXPECT_GT(finding.stress->failures(), 0U) << "it fills the heap up now and then";
    EXPECT_EQ(finding.stress->problem(), std::nullopt);
}

/// Joins a freed block with 16 bytes too many behind it, where it is of a certain size.
struct JoinsTooMuch : mm::LinkedList {
    using LinkedList::LinkedList;
    void deallocate(std::byte* block, mm::Layout layout) {
        const bool is_broken = layout.size >= 64 && layout.size < 128;
        LinkedList::deallocate(block, {layout.size + (is_broken ? 16 : 0), layout.align});
    }
};

TEST(StressTest, CorruptingCoalescingIsToldInTwoCommands) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Finding<JoinsTooMuch> finding(seed);
        ASSERT_FALSE(finding.passed);
        EXPECT_EQ(commands(*finding.stress).size(), 2U) << "seed " << seed;
        EXPECT_EQ(commands(*finding.stress).back(), "free #1");
    }
}

TEST(StressTest, SameSeedFindsTheSame) {
    const Commands first = commands(*Finding<JoinsTooMuch>(7).stress);
    EXPECT_EQ(commands(*Finding<JoinsTooMuch>(7).stress), first);
}

TEST(StressTest, WhatIsToldFailsAgainAndNothingLessDoes) {
    Finding<JoinsTooMuch> finding(3);
    BrokenHeap<JoinsTooMuch>& heap = finding.heap;
    heap.reset();
    const std::size_t told = finding.stress->sequence().front().size;
    EXPECT_GE(told, 64U);
    EXPECT_LT(told, 128U) << "the size that matters was not simplified away";
    std::byte* block = heap.allocate({told}, mm::Fill::none);
    EXPECT_EQ(heap.find_problem(), std::nullopt);
    heap.deallocate(block, {told});
    EXPECT_NE(heap.find_problem(), std::nullopt);
}

/// Every third free is lost: the shortest sequence has three of them.
struct LosesEveryThirdFree : mm::LinkedList {
    using LinkedList::LinkedList;
    int freed = 0;
    void deallocate(std::byte* block, mm::Layout layout) {
        if (++freed % 3 != 0) LinkedList::deallocate(block, layout);
    }
};

TEST(StressTest, FailureThatTakesThreeFreesIsToldInSixCommands) {
    const Finding<LosesEveryThirdFree> finding(1);
    ASSERT_FALSE(finding.passed);
    EXPECT_EQ(commands(*finding.stress).size(), 6U);
    EXPECT_EQ(finding.message(), "bytes are lost");
}

struct LosesContents : mm::LinkedList {
    using LinkedList::LinkedList;
    std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) {
        std::byte* moved = LinkedList::allocate({new_size, layout.align});
        if (moved == nullptr) return nullptr;
        LinkedList::deallocate(block, layout);
        return moved;
    }
};

TEST(StressTest, ContentsLostInReallocationAreFound) {
    const Finding<LosesContents> finding(1);
    ASSERT_FALSE(finding.passed);
    EXPECT_EQ(commands(*finding.stress), (Commands{"alloc 1", "realloc #1 1"}));
    EXPECT_EQ(finding.message(), "byte 0 of block #1 at 0x444444440010 has changed");
}

struct DoesNotZero : mm::LinkedList {
    using LinkedList::LinkedList;
    std::byte* allocate_zeroed(mm::Layout layout) {
        std::byte* block = LinkedList::allocate(layout);
        if (block != nullptr && layout.size > 40) block[layout.size - 1] = std::byte{1};
        return block;
    }
};

TEST(StressTest, LastByteThatIsNotZeroIsFound) {
    const Finding<DoesNotZero> finding(1);
    ASSERT_FALSE(finding.passed);
    ASSERT_EQ(commands(*finding.stress).size(), 1U);
    EXPECT_TRUE(commands(*finding.stress)[0].starts_with("zalloc "))
        << commands(*finding.stress)[0];
}

struct IgnoresAlignment : mm::LinkedList {
    using LinkedList::LinkedList;
    std::byte* allocate(mm::Layout layout) { return LinkedList::allocate({layout.size, 8}); }
};

TEST(StressTest, MisalignedBlockIsFoundAndItsAlignmentTold) {
    const Finding<IgnoresAlignment> finding(1);
    ASSERT_FALSE(finding.passed);
    ASSERT_EQ(commands(*finding.stress).size(), 2U);
    EXPECT_NE(commands(*finding.stress)[1].find("align="), std::string::npos);
    EXPECT_NE(finding.message().find("is not aligned to"), std::string::npos);
}

struct GivesTwice : mm::LinkedList {
    using LinkedList::LinkedList;
    std::byte* last = nullptr;
    int count = 0;
    std::byte* allocate(mm::Layout layout) {
        if (++count % 100 == 0 && layout.size <= 8 && last != nullptr) return last;
        return last = LinkedList::allocate(layout);
    }
};

TEST(StressTest, BlockGivenTwiceIsFound) {
    const Finding<GivesTwice> finding(1, 200'000);
    ASSERT_FALSE(finding.passed);
    EXPECT_NE(finding.message().find("overlaps block #"), std::string::npos);
}

struct PanicsAtLargeBlocks : mm::LinkedList {
    using LinkedList::LinkedList;
    std::byte* allocate(mm::Layout layout) {
        if (layout.size >= 5000 && layout.size < 6000) throw Panic{};
        return LinkedList::allocate(layout);
    }
};

TEST(StressTest, PanicIsAProblemLikeAnyOther) {
    const Finding<PanicsAtLargeBlocks> finding(1);
    ASSERT_FALSE(finding.passed);
    EXPECT_EQ(finding.stress->problem()->code, "panic");
    ASSERT_EQ(commands(*finding.stress).size(), 1U);
    EXPECT_TRUE(commands(*finding.stress)[0].starts_with("alloc 5"));
}

}  // namespace
}  // namespace heap44::test
