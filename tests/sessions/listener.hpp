// SPDX-License-Identifier: MIT
// A session on the host program's heap, told to channels that keep what they hear.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/guard.hpp"
#include "host/machine.hpp"
#include "lib/address_plan.hpp"
#include "shell/interpreter.hpp"
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::test {

/// Keeps what is written.
class Sheet final : public Output {
public:
    void write(std::string_view text) override { text_ += text; }
    [[nodiscard]] const std::string& text() const { return text_; }
    void clear() { text_.clear(); }

private:
    std::string text_;
};

/// Nobody types here; Ctrl-C comes when a test says so.
class QuietTerminal final : public shell::Terminal {
public:
    void write(std::string_view) override {}
    [[nodiscard]] bool interrupt_requested() const override { return interrupt_; }
    void interrupt_served() override {
        interrupt_ = false;
        ++served_;
    }
    [[nodiscard]] bool last_interrupt_was_served() const override { return false; }

    void interrupt() { interrupt_ = true; }
    [[nodiscard]] int served() const { return served_; }

private:
    bool interrupt_ = false;
    int served_ = 0;
};

/// A Linux program that claims to be more: it has a fault to provoke, debug registers, page tables,
/// a boot module and a log, and a clock that stands still. It never ends.
class RichMachine final : public host::HostMachine {
public:
    std::uint64_t nanoseconds() const override { return 1'234'567'890; }

    std::span<const shell::Named> faults() const override {
        static constexpr std::array<shell::Named, 1> kinds{{{"trip", "stumbles"}}};
        return kinds;
    }
    void provoke(std::size_t) override {
        shell::Report report;
        report.code = shell::ErrorCode::cpu_fault;
        report.message = FixedText<256>("stumbled");
        report.address = heap_start.value;
        host::guard().stop(report);
    }

    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override {
        if (!watches_.empty() && watches_.front().address == address) {
            report_ = {};
            report_.code = shell::ErrorCode::watched;
            report_.message = FixedText<256>("it was written to");
            report_.address = address.value;
            is_reported_ = false;
            watches_.clear();
        }
        return HostMachine::write_memory(address, from);
    }
    std::size_t watchpoint_limit() const override { return 1; }
    std::span<const shell::Watchpoint> watchpoints() const override { return watches_; }
    void add_watchpoint(const shell::Watchpoint& watch) override { watches_.push_back(watch); }
    void remove_watchpoints() override { watches_.clear(); }
    const shell::Report* take_watchpoint_report() override {
        return std::exchange(is_reported_, true) ? nullptr : &report_;
    }

    mm::PageWalk walk(VirtAddr) const override {
        return {.levels = {{{4, 1, 0x1003}, {3, 2, 0x2003}}}, .depth = 2, .physical = {}};
    }
    std::optional<shell::FrameCounts> frames() const override {
        return shell::FrameCounts{9, 4, 5};
    }
    std::optional<std::string_view> boot_module() const override {
        return "alloc 24 name=script\n\nreplay --module; nosuch\nfree script";
    }
    void for_each_log_line(shell::Visitor<std::string_view>& visitor) const override {
        (void)visitor.visit("[0.000] a line \"in quotes\"");
    }
    /// The way to a command is another one in each test.
    std::size_t backtrace(std::span<std::uint64_t> into) const override {
        into[0] = 0x1234;
        return 1;
    }
    bool can_reboot() const override { return true; }
    void poweroff(std::optional<std::uint8_t>) override {}

private:
    std::vector<shell::Watchpoint> watches_;
    shell::Report report_;
    bool is_reported_ = true;
};

enum class Form : bool { text, json };

/// What came of a session: what each channel heard of each line, and all that the heap was in the
/// end, its bytes and what is kept beside them.
struct Outcome {
    std::vector<std::vector<std::string>> heard;
    std::string heap;
    /// How often the session said that Ctrl-C had stopped something.
    int interrupts_served = 0;

    /// What a channel heard of all lines.
    [[nodiscard]] std::string all(std::size_t channel) const;
};

/// A session before its first line.
struct Listened {
    shell::Interpreter& interpreter;
    mm::Heap& heap;
    QuietTerminal& terminal;
};

/// Runs the lines in a process of their own, whose heap nobody has used before, and tells channels
/// of these forms. `prepare`, if there is one, is called first; channels that it adds hear all
/// first.
[[nodiscard]] Outcome listen(const std::vector<Form>& forms, const std::vector<std::string>& lines,
                             const std::function<void(Listened& session)>& prepare = {});

}  // namespace heap44::test
