// SPDX-License-Identifier: MIT
// What the last typed command changed, place by place.
#include "mm/heap/changes.hpp"

#include <gtest/gtest.h>
#include <string>

#include "region.hpp"

namespace heap44::test {
namespace {

using mm::Block;

/// A character for each granule of the heap's first `count`: `^` where it changed.
std::string changes(const mm::Heap& heap, std::size_t count) {
    mm::Changes changes(heap);
    std::string text;
    for (VirtAddr at = heap.start(); text.size() < count; at += 8) {
        text += changes.any_in(at, at + 8) ? '^' : ' ';
    }
    return text;
}

void type(mm::Heap& heap, std::uint64_t command) {
    heap.set_command(command);
    heap.set_typed_command(command);
}

TEST(Changes, AreThoseOfTheLastCommandThatChangedTheHeap) {
    TestHeap heap;
    EXPECT_EQ(changes(*heap, 8), "        ");
    type(*heap, 1);
    heap->allocate({16}, 0);
    const Block* second = heap->allocate({24}, 0);
    EXPECT_EQ(changes(*heap, 8), "^^^^^   ");
    type(*heap, 2);
    heap->allocate({8}, 0);
    EXPECT_EQ(changes(*heap, 8), "     ^^ ");
    type(*heap, 3);
    EXPECT_EQ(changes(*heap, 8), "     ^^ ") << "looking changes nothing";
    heap->free(*second, 0);
    EXPECT_EQ(changes(*heap, 8), "  ^^^   ");
    type(*heap, 4);
    heap->reallocate(*heap->ledger().with_number(1), 40, 0);
    EXPECT_EQ(changes(*heap, 8), "^^^^^   ");
}

TEST(Changes, OfCommandsWithinACommandAreAllItsOwn) {
    TestHeap heap;
    type(*heap, 1);
    heap->allocate({16}, 0);
    type(*heap, 2);
    for (std::uint64_t inner = 3; inner < 6; ++inner) {
        heap->set_command(inner);
        heap->allocate({16}, 0);
    }
    EXPECT_EQ(changes(*heap, 10), "  ^^^^^^  ");
}

TEST(Changes, AFailureIsNone) {
    TestHeap heap;
    type(*heap, 1);
    heap->allocate({16}, 0);
    type(*heap, 2);
    EXPECT_EQ(heap->allocate_all(4, {30'000}, 0, mm::Fill::none), 3U);
    EXPECT_EQ(changes(*heap, 4), "^^  ");
}

TEST(Changes, BeforeAnyCommandThereAreNone) {
    TestHeap heap;
    const Block* first = heap->allocate({16}, 0);
    heap->free(*heap->allocate({16}, 0), 0);
    heap->reallocate(*first, 24, 0);
    EXPECT_EQ(changes(*heap, 6), "      ");
}

TEST(Changes, AResizedBlockIsOneOfThatCommandOnly) {
    TestHeap heap;
    type(*heap, 1);
    heap->allocate({16}, 0);
    heap->allocate({16}, 0);
    type(*heap, 2);
    heap->reallocate(*heap->ledger().with_number(2), 32, 0);
    EXPECT_EQ(changes(*heap, 8), "  ^^^^  ");
    type(*heap, 3);
    heap->allocate({16}, 0);
    EXPECT_EQ(changes(*heap, 10), "      ^^  ");
}

TEST(Changes, ARangeIsAskedAboutAsAWhole) {
    TestHeap heap;
    type(*heap, 1);
    heap->allocate({100}, 0);
    mm::Changes changes(*heap);
    EXPECT_TRUE(changes.any_in(heap->start(), heap->start() + 100));
    EXPECT_TRUE(changes.any_in(heap->start() + 100, heap->start() + 104)) << "padding is its own";
    EXPECT_FALSE(changes.any_in(heap->start() + 104, heap->end()));
    EXPECT_FALSE(changes.any_in(heap->end() - 8, heap->end() + 4096)) << "behind it is nothing";
}

}  // namespace
}  // namespace heap44::test
