// SPDX-License-Identifier: MIT
// The queue between an interrupt and who reads: order, fullness, the wrap.
#include "lib/ring_buffer.hpp"

#include <deque>
#include <gtest/gtest.h>
#include <random>
#include <thread>

namespace heap44 {
namespace {

TEST(RingBuffer, ANewOneIsEmpty) {
    RingBuffer<int, 4> ring;
    EXPECT_TRUE(ring.empty());
    EXPECT_FALSE(ring.full());
    EXPECT_FALSE(ring.pop());
}

TEST(RingBuffer, WhenFullItKeepsWhatItHas) {
    RingBuffer<int, 4> ring;
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(ring.push(i));
    EXPECT_TRUE(ring.full());
    EXPECT_FALSE(ring.push(99));
    for (int i = 0; i < 4; ++i) EXPECT_EQ(ring.pop(), i);
    EXPECT_FALSE(ring.pop());
}

TEST(RingBuffer, BehavesAsAQueueAcrossManyWraps) {
    RingBuffer<unsigned, 8> ring;
    std::deque<unsigned> model;
    std::mt19937 random(1);
    for (unsigned step = 0; step < 10'000; ++step) {
        if (random() % 2 == 0) {
            const bool had_room = model.size() < 8;
            ASSERT_EQ(ring.push(step), had_room);
            if (had_room) model.push_back(step);
        } else {
            const auto item = ring.pop();
            ASSERT_EQ(item.has_value(), !model.empty());
            if (!item) continue;
            ASSERT_EQ(*item, model.front());
            model.pop_front();
        }
        ASSERT_EQ(ring.size(), model.size());
        ASSERT_EQ(ring.full(), model.size() == 8);
    }
}

TEST(RingBuffer, AWriterAndAReaderNeedNoLock) {
    constexpr unsigned count = 200'000;
    RingBuffer<unsigned, 16> ring;
    std::thread writer([&] {
        for (unsigned i = 0; i < count;) {
            if (ring.push(i)) ++i;
        }
    });
    unsigned wrong = 0;
    for (unsigned expected = 0; expected < count;) {
        if (const auto item = ring.pop()) wrong += *item == expected++ ? 0 : 1;
    }
    writer.join();
    EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace heap44
