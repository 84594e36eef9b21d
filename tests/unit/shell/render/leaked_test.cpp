// SPDX-License-Identifier: MIT
// What a C++ command does not give back is told at its end, in both forms.
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "paper.hpp"
#include "region.hpp"
#include "shell/answer/notices.hpp"
#include "shell/answer/session.hpp"
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::test {
namespace {

class LeakedTest : public ::testing::Test {
protected:
    LeakedTest() {
        heap_->set_command(session_->commands = 1);
        heap_->allocate({500}, 0x1000);
        heap_->set_command(session_->commands = 2);
    }
    std::string text(const shell::Reply& reply) {
        paper_.written.clear();
        shell::TextRenderer(paper_, view_)
            .end({.command = "vectest", .reply = reply, .notices = notices_});
        return paper_.written;
    }
    std::string json(const shell::Reply& reply) {
        paper_.written.clear();
        shell::JsonRenderer(paper_, view_)
            .end({.command = "vectest", .reply = reply, .notices = notices_});
        return paper_.written;
    }

    TestHeap heap_;
    Paper paper_;
    IdleMachine machine_;
    shell::Notices notices_;
    std::unique_ptr<shell::Session> session_ = std::make_unique<shell::Session>();
    shell::View view_{*heap_, machine_, *session_, paper_};
};

TEST_F(LeakedTest, WhatOthersAllocatedIsNoLeak) {
    EXPECT_EQ(text(shell::Trial{}), "vectest passed\n");
    EXPECT_TRUE(json(shell::Trial{}).ends_with("\"steps\":[],\"leaked\":[]}\n"));
}

TEST_F(LeakedTest, WhatTheCommandAllocatedIsOne) {
    const mm::Block* given_back = heap_->allocate({8}, 0x1010);
    heap_->allocate({40}, 0x1120);
    heap_->free(*given_back, 0);
    EXPECT_EQ(text(shell::Trial{}),
              "leaked #3 at 0x444444440208, 40 bytes, allocated by second+0x20\nvectest passed\n");
    EXPECT_TRUE(json(shell::Trial{}).contains(R"("leaked":[{"id":3,"name":null,)"));
}

TEST_F(LeakedTest, LeaksAreGroupedByFunction) {
    heap_->allocate({40}, 0x1120);
    heap_->allocate({16}, 0x1008);
    heap_->allocate({24}, 0x1120);
    const shell::BlockList all{.which = shell::BlockList::Which::live,
                               .meaning = shell::BlockList::Meaning::leaked};
    EXPECT_EQ(text(all),
              "2 blocks, 520 bytes, allocated by first\n"
              "  #1       0x444444440000       500 bytes\n"
              "  #3       0x444444440220        16 bytes\n"
              "2 blocks, 64 bytes, allocated by second\n"
              "  #2       0x4444444401f8        40 bytes\n"
              "  #4       0x444444440230        24 bytes\n"
              "4 blocks since the mark, 584 bytes taken\n");
}

}  // namespace
}  // namespace heap44::test
