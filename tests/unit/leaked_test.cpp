// SPDX-License-Identifier: MIT
// What a C++ command does not give back is told at its end, in both forms.
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "region.hpp"
#include "shell/render/json_renderer.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::test {
namespace {

/// A terminal that keeps what it is sent, on a machine that can do nothing else.
class Paper final : public shell::Platform {
public:
    void write(std::string_view text) override { written += text; }
    std::optional<shell::InputByte> read() override { return std::nullopt; }
    bool interrupt_requested() override { return false; }
    void interrupt_served() override {}
    bool last_interrupt_was_served() override { return false; }
    const shell::Report* run_guarded(shell::Task& task) override {
        task.run();
        return nullptr;
    }
    [[noreturn]] void stop(const shell::Report&) override { std::abort(); }
    std::span<const shell::FaultKind> faults() override { return {}; }
    void provoke(std::size_t) override {}
    const shell::Report* last_report() override { return nullptr; }
    bool run_in_interrupt(shell::Task&) override { return false; }
    std::size_t read_memory(VirtAddr, std::span<std::byte>) override { return 0; }
    shell::Access access(VirtAddr) override { return shell::Access::none; }
    std::size_t write_memory(VirtAddr, std::span<const std::byte>) override { return 0; }
    std::optional<shell::PageWalk> walk(VirtAddr) override { return std::nullopt; }
    std::optional<unsigned> page_table_level(VirtAddr) override { return std::nullopt; }
    void for_each_changed_page(VirtAddr, std::uint64_t, mm::PageVisitor&) override {}
    std::size_t watch_limit() override { return 0; }
    std::span<const shell::Watch> watches() override { return {}; }
    void add_watch(const shell::Watch&) override {}
    void remove_watches() override {}
    const shell::Report* take_watch_report() override { return nullptr; }
    void remember(const shell::Report&) override {}
    std::size_t backtrace(std::span<std::uint64_t>) override { return 0; }
    void for_each_region(shell::Visitor<shell::MemoryRegion>&) override {}
    std::optional<shell::FrameCounts> frames() override { return std::nullopt; }
    std::optional<std::string_view> boot_module() override { return std::nullopt; }
    /// Functions of 256 bytes each.
    std::optional<shell::CodePlace> describe_code(std::uint64_t code) override {
        return shell::CodePlace{.name = code < 0x1100 ? "first" : "second", .offset = code % 256};
    }
    std::uint64_t nanoseconds() override { return 0; }
    void for_each_log_line(shell::Visitor<std::string_view>&) override {}
    bool can_reboot() override { return false; }
    void reboot() override {}
    void poweroff(std::optional<std::uint8_t>) override {}
    bool has_exit_status() override { return false; }

    std::string written;
};

class NoExecutor final : public shell::Executor {
public:
    void run(std::string_view, shell::Visitor<shell::Answer>&) override {}
};

class LeakedTest : public ::testing::Test {
protected:
    LeakedTest() {
        heap_->set_time(session_->commands = 1);
        heap_->allocate({500}, 0x1000);
        heap_->set_time(session_->commands = 2);
    }
    std::string text(const shell::Reply& reply) {
        paper_.written.clear();
        shell::TextRenderer(context_, executor_).answer({.command = "vectest", .reply = reply});
        return paper_.written;
    }
    std::string json(const shell::Reply& reply) {
        paper_.written.clear();
        shell::JsonWriter writer(paper_);
        shell::JsonRenderer(writer, context_, executor_)
            .answer({.command = "vectest", .reply = reply}, nullptr);
        return paper_.written;
    }

    TestHeap heap_;
    Paper paper_;
    NoExecutor executor_;
    std::unique_ptr<shell::Session> session_ = std::make_unique<shell::Session>();
    shell::Context context_{*heap_, paper_, *session_};
};

TEST_F(LeakedTest, WhatOthersAllocatedIsNoLeak) {
    EXPECT_EQ(text(shell::Steps{}), "vectest passed\n");
    EXPECT_TRUE(json(shell::Steps{}).ends_with(R"("steps":[],"leaked":[]})"));
}

TEST_F(LeakedTest, WhatTheCommandAllocatedIsOne) {
    const mm::Block* given_back = heap_->allocate({8}, 0x1010);
    heap_->allocate({40}, 0x1120);
    heap_->free(*given_back, 0);
    EXPECT_EQ(text(shell::Steps{}),
              "leaked #3 at 0x444444440208, 40 bytes, allocated by second+0x20\nvectest passed\n");
    EXPECT_TRUE(json(shell::Steps{}).contains(R"("leaked":[{"id":3,"name":null,)"));
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
