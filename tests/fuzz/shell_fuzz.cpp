// SPDX-License-Identifier: MIT
// Anything typed at the whole shell: line reader, parser, commands, renderers, as in heap44-host.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "host/faults.hpp"
#include "host/guard.hpp"
#include "host/heap.hpp"
#include "host/machine.hpp"
#include "host/terminal.hpp"
#include "lib/panic.hpp"
#include "mm/heap/ledger/vicinity.hpp"
#include "shell/answer/options.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/cpp/cpp_memory.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/explain/shortage.hpp"
#include "shell/shell.hpp"
#include "touched_pages.hpp"

namespace heap44 {

namespace {

/// Ctrl-C: in the input, and after so many questions in one line, so that no command runs for ever.
constexpr std::uint8_t control_c = 3;
constexpr int patience = 20;
/// Small, so that they are used up, and copied and compared fast.
constexpr std::size_t heap_size = std::size_t{16} * 1024;
constexpr std::size_t window_size = std::size_t{512} * 1024;
constexpr std::size_t most_output = std::size_t{1} << 20;
/// A look at the clock takes so long: measurements are over soon, and the same each time.
constexpr std::uint64_t tick = 5'000'000;

[[noreturn]] void fail(std::string_view what, std::string_view where) {
    std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
                 static_cast<int>(where.size()), where.data());
    std::abort();
}

void require_consistent(std::string_view what) {
    shell::for_each_problem(
        host::heap(), [&](const shell::Problem& problem) { fail(what, problem.message.view()); });
}

class FuzzTerminal final : public host::HostTerminal {
public:
    void begin(std::span<const std::uint8_t> input, bool json) {
        input_ = input;
        json_ = json;
        line_.clear();
        damaged_ = false;
        questions_ = 0;
    }

    /// Types all of it.
    void type(shell::Shell& shell) {
        while (!input_.empty()) {
            const std::uint8_t byte = input_.front();
            input_ = input_.subspan(1);
            if (byte == '\r' || byte == '\n') begin_line();
            shell.feed({byte, false});
        }
    }

    [[nodiscard]] bool interrupt_requested() const override {
        return (!input_.empty() && input_.front() == control_c) || ++questions_ > patience;
    }
    void interrupt_served() override { questions_ = 0; }

    void write(std::string_view text) override {
        if (!shell::accesses_are_checked()) damaged_ = true;
        for (const char character : text) {
            if (character != '\n') {
                if (line_.size() < most_output) line_ += character;
                continue;
            }
            if (json_ && line_.size() < most_output && !nlohmann::json::accept(line_)) {
                fail("not JSON", line_);
            }
            line_.clear();
        }
    }

    /// Somebody has written where no payload is.
    void note_damage() { damaged_ = true; }

    /// The machine is off: nothing more is typed.
    void cut() {
        input_ = {};
        json_ = false;
    }

    /// Whatever has happened, the heap can be put right.
    void end() {
        if (damaged_) (void)host::heap().repair();
        require_consistent("the heap cannot be repaired");
    }

private:
    /// All lines before this one are done.
    void begin_line() {
        questions_ = 0;
        if (!damaged_) require_consistent("the heap is inconsistent");
    }

    std::span<const std::uint8_t> input_;
    bool json_ = false;
    bool damaged_ = false;
    mutable int questions_ = 0;
    std::string line_;
};

FuzzTerminal& terminal() {
    static FuzzTerminal the_terminal;
    return the_terminal;
}

class FuzzMachine final : public host::HostMachine {
public:
    void begin() { now_ = 0; }

    std::uint64_t nanoseconds() const override { return now_ += tick; }

    // Forced writes damage the heap, and so may C++ code that nobody stops.
    std::size_t write_memory(VirtAddr address, std::span<const std::byte> from) override {
        const mm::Vicinity place = mm::find_vicinity(host::heap().ledger(), address);
        if (place.kind != mm::Vicinity::Kind::payload ||
            address + from.size() > place.block->address + place.block->layout.size) {
            terminal().note_damage();
        }
        return HostMachine::write_memory(address, from);
    }

    void for_each_changed_page(VirtAddr start, std::uint64_t size,
                               mm::PageVisitor& visitor) override {
        touched_.for_each(start, size, visitor);
    }

    void poweroff(std::optional<std::uint8_t>) override { terminal().cut(); }

private:
    mutable std::uint64_t now_ = 0;
    test::TouchedPages touched_;
};

FuzzMachine& fuzz_machine() {
    static FuzzMachine the_machine;
    return the_machine;
}

/// Everything as it is at a start, whatever the input before has done.
void start_afresh() {
    mm::Heap& heap = host::heap();
    heap.recover();
    shell::CppHeapScope::close_all();
    (void)shell::LastShortage::take();
    shell::check_accesses(true);
    heap.set_command(0);
    heap.set_typed_command(0);
    heap.select("linked-list");
    heap.set_poisoning(true);
    heap.fail_after(0);
}

/// A journal that begins now, with little room: what it has to forget is tried, too.
mm::Journal& new_journal() {
    static const std::size_t size = 4 * mm::Journal::least_memory(host::heap());
    struct alignas(64) Line {
        std::byte bytes[64];
    };
    static const auto memory = std::make_unique<Line[]>(size / sizeof(Line));
    static std::optional<mm::Journal> journal;
    return journal.emplace(host::heap(),
                           std::as_writable_bytes(std::span(memory.get(), size / sizeof(Line))),
                           fuzz_machine());
}

/// The first byte chooses the form of the conversation, the rest is typed.
void run(std::span<const std::uint8_t> data) {
    if (data.empty()) return;
    shell::Options options;
    options.json = (data[0] & 1) != 0;
    options.ansi = (data[0] & 2) != 0;
    const bool json_only = options.json && (data[0] & 4) == 0;
    // What the shell switches off while it is json only would be text again: `json off` is text.
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    terminal().begin(data.subspan(1), json_only && !text.contains("json"));
    fuzz_machine().begin();
    host::guard().forget();
    // What a boot loader passes on may be anything as well; the options are not the shell's here.
    shell::Options unused;
    shell::parse_options(text, unused);
    start_afresh();
    alignas(shell::Shell) static std::byte memory[sizeof(shell::Shell)];
    auto* shell = new (memory) shell::Shell(
        host::heap(), terminal(), host::guard(), fuzz_machine(), options,
        json_only ? shell::Conversation::off : shell::Conversation::on, &new_journal());
    shell->start();
    terminal().type(*shell);
    shell->~Shell();
    terminal().end();
}

}  // namespace

host::HostMachine& host::machine() {
    return fuzz_machine();
}

// As in heap44-host: a command that panics is stopped, and what it was in the middle of stays.
void panic(PanicKind kind, std::string_view message, std::uint64_t caller, std::uint64_t holder,
           std::uint64_t address) {
    shell::Report report;
    report.code = shell::error_code(kind);
    // The shell's own mistakes are findings.
    if (report.code == shell::ErrorCode::panic) fail("panic", message);
    report.message = FixedText<256>(message);
    if (caller != 0) report.caller = caller;
    if (holder != 0) report.holder = holder;
    if (address != 0) report.address = address;
    host::guard().stop(report);
}

}  // namespace heap44

// The host program's operators new and delete take from malloc what the fuzzer's own asks for.
extern "C" const char* __asan_default_options() {
    return "alloc_dealloc_mismatch=0";
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    using namespace heap44;
    const mm::Heap& heap = host::make_heap(heap_size, window_size);
    host::machine().set_heap(heap.start(), heap.end());
    // Ctrl-C is the fuzzer's.
    std::signal(SIGINT, SIG_DFL);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Not before: the fuzzer's own handler, put in place meanwhile, has to know of other faults.
    [[maybe_unused]] static const bool once = (heap44::host::catch_faults(), true);
    heap44::run({data, size});
    return 0;
}
