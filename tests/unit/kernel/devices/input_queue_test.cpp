// SPDX-License-Identifier: MIT
// What waits to be read, and which Ctrl-C stops a command, ends a line, or has done so already.
#include "kernel/devices/input_queue.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace heap44::kernel {
namespace {

class InputQueueTest : public testing::Test {
protected:
    void receive(std::string_view bytes) {
        for (const char byte : bytes) {
            ASSERT_TRUE(queue.push({static_cast<std::uint8_t>(byte), false}));
        }
    }
    char read() { return static_cast<char>(queue.pop().value().value); }

    std::unique_ptr<InputQueue> owner = std::make_unique<InputQueue>();
    InputQueue& queue = *owner;
};

TEST_F(InputQueueTest, BytesComeInOrderWithTheirDamage) {
    ASSERT_TRUE(queue.push({'a', false}));
    ASSERT_TRUE(queue.push({'b', true}));
    EXPECT_FALSE(queue.pop()->damaged);
    const auto second = queue.pop();
    EXPECT_EQ(second->value, 'b');
    EXPECT_TRUE(second->damaged);
    EXPECT_FALSE(queue.pop());
}

TEST_F(InputQueueTest, NothingIsRequestedWithoutControlC) {
    receive("abc\r");
    EXPECT_FALSE(queue.interrupt_requested());
    queue.interrupt_served();
    EXPECT_FALSE(queue.interrupt_requested());
}

TEST_F(InputQueueTest, ControlCIsSeenBeforeItIsRead) {
    receive("abc\x03");
    EXPECT_TRUE(queue.interrupt_requested());
}

TEST_F(InputQueueTest, ControlCThatStoppedACommandIsReadAsServed) {
    receive("next\x03");
    queue.interrupt_served();
    EXPECT_FALSE(queue.interrupt_requested());
    for (int i = 0; i < 4; ++i) (void)read();
    EXPECT_EQ(read(), '\x03');
    EXPECT_TRUE(queue.last_interrupt_was_served());
    EXPECT_FALSE(queue.interrupt_requested());
}

TEST_F(InputQueueTest, ControlCReadByTheLineEditorStopsNoCommand) {
    receive("ab\x03");
    (void)read();
    (void)read();
    EXPECT_EQ(read(), '\x03');
    EXPECT_FALSE(queue.last_interrupt_was_served());
    EXPECT_FALSE(queue.interrupt_requested());
}

TEST_F(InputQueueTest, OneServingCoversAllReceivedSoFarAndNoMore) {
    receive("\x03\x03");
    queue.interrupt_served();
    receive("\x03");
    EXPECT_TRUE(queue.interrupt_requested());
    (void)read();
    EXPECT_TRUE(queue.last_interrupt_was_served());
    (void)read();
    EXPECT_TRUE(queue.last_interrupt_was_served());
    EXPECT_TRUE(queue.interrupt_requested());
    (void)read();
    EXPECT_FALSE(queue.last_interrupt_was_served());
    EXPECT_FALSE(queue.interrupt_requested());
}

TEST_F(InputQueueTest, AFullQueueRefusesAndAsksForMoreOnlyWhenHalfEmpty) {
    for (std::size_t i = 0; i < InputQueue::capacity; ++i) ASSERT_TRUE(queue.push({'x', false}));
    EXPECT_TRUE(queue.full());
    EXPECT_FALSE(queue.push({control_c, false}));
    EXPECT_FALSE(queue.interrupt_requested()) << "a byte that was not taken does not count";
    std::size_t read = 0;
    while (!queue.has_room()) {
        (void)queue.pop();
        ++read;
    }
    EXPECT_EQ(read, InputQueue::capacity / 2);
}

}  // namespace
}  // namespace heap44::kernel
