// SPDX-License-Identifier: MIT
// Anything typed at the whole shell: line reader, parser, commands, renderers, as in heap44-host.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "host/heap.hpp"
#include "host/platform.hpp"
#include "lib/panic.hpp"
#include "shell/inspect.hpp"
#include "shell/options.hpp"
#include "shell/shell.hpp"

namespace heap44 {

namespace {

/// Ctrl-C: in the input, and after so many questions in one line, so that no command runs for ever.
constexpr std::uint8_t control_c = 3;
constexpr int patience = 40;
constexpr std::size_t most_output = std::size_t{1} << 20;

[[noreturn]] void fail(std::string_view what, std::string_view where) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
                 static_cast<int>(where.size()), where.data());
    std::abort();
}

class FuzzPlatform final : public host::HostPlatform {
public:
    void begin(std::span<const std::uint8_t> input, bool json) {
        input_ = input;
        json_ = json;
        line_.clear();
        typed_.clear();
        damaged_ = false;
    }

    std::optional<shell::InputByte> read() override {
        if (input_.empty()) return std::nullopt;
        const std::uint8_t byte = input_.front();
        input_ = input_.subspan(1);
        if (byte == '\r' || byte == '\n') begin_line();
        typed_ += static_cast<char>(byte);
        return shell::InputByte{byte, false};
    }
    bool interrupt_requested() override {
        return (!input_.empty() && input_.front() == control_c) || ++questions_ > patience;
    }
    void interrupt_served() override { questions_ = 0; }

    void write(std::string_view text) override {
        for (const char character : text) {
            if (character != '\n') {
                if (line_.size() < most_output) line_ += character;
                continue;
            }
            if (json_ && !nlohmann::json::accept(line_)) fail("not JSON", line_);
            line_.clear();
        }
    }

    void poweroff(std::optional<std::uint8_t>) override {
        input_ = {};
        json_ = false;
    }

private:
    /// All lines before this one are done. What writes past blocks on purpose may leave damage.
    void begin_line() {
        questions_ = 0;
        for (const std::string_view word : {"--force", "bug", "asan", "poison", "fault"}) {
            if (typed_.contains(word)) damaged_ = true;
        }
        typed_.clear();
        if (damaged_) return;
        const auto problem = shell::find_problem(host::heap());
        if (problem) fail("the heap is inconsistent", problem->message.view());
    }

    std::span<const std::uint8_t> input_;
    bool json_ = false;
    bool damaged_ = false;
    int questions_ = 0;
    std::string line_;
    std::string typed_;
};

FuzzPlatform& fuzz_platform() {
    static FuzzPlatform the_platform;
    return the_platform;
}

/// The first byte chooses the form of the conversation, the rest is typed.
void run(std::span<const std::uint8_t> data) {
    if (data.empty()) return;
    shell::Options options;
    options.json = (data[0] & 1) != 0;
    options.ansi = (data[0] & 2) != 0;
    const bool json_only = options.json && (data[0] & 4) == 0;
    host::heap().select("linked-list");
    // What the shell switches off while it is json only would be text again: `json off` is text.
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    fuzz_platform().begin(data.subspan(1), json_only && !text.contains("json"));
    alignas(shell::Shell) static std::byte memory[sizeof(shell::Shell)];
    auto* shell =
        new (memory) shell::Shell(host::heap(), fuzz_platform(), options,
                                  json_only ? shell::Conversation::off : shell::Conversation::on);
    shell->run();
    shell->~Shell();
}

}  // namespace

host::HostPlatform& host::platform() {
    return fuzz_platform();
}

// As in heap44-host: a command that panics is stopped, and what it was in the middle of stays.
void panic(PanicKind kind, std::string_view message, std::uint64_t caller, std::uint64_t holder) {
    shell::Report report;
    report.code = shell::error_code(kind);
    // The shell's own mistakes are findings.
    if (report.code == shell::ErrorCode::panic) fail("panic", message);
    report.message = FixedText<256>(message);
    if (caller != 0) report.caller = caller;
    if (holder != 0) report.holder = holder;
    host::platform().stop(report);
}

}  // namespace heap44

// The host program's operators new and delete take from malloc what the fuzzer's own asks for.
extern "C" const char* __asan_default_options() {
    return "alloc_dealloc_mismatch=0";
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    heap44::host::make_heap(16 * 1024);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    heap44::run({data, size});
    return 0;
}
