// SPDX-License-Identifier: MIT
// fault, bug: trouble made on purpose, and the report of it.
#include <array>

#include "shell/commands/all.hpp"
#include "shell/values.hpp"

namespace heap44::shell::commands {

namespace {

constexpr std::array<FaultKind, 1> bugs{
    {{"deadlock", "an interrupt handler allocates while the heap's lock is held"}}};

Error unknown_name(std::string_view what, std::string_view name, std::span<const FaultKind> known) {
    FixedText<320> message;
    print(message, "there is no {} '{}'; there are", what, name.substr(0, 40));
    for (const FaultKind& kind : known) print(message, " {}", kind.name);
    return bad_argument(message.view());
}

/// What a guarded task ran into, as an answer; `ended` if it came to its end.
Reply provoked(const Report* report, std::string_view ended) {
    if (report != nullptr) return Provoked{*report};
    return Error{.code = ErrorCode::not_supported, .message = FixedText<320>(ended)};
}

template <class Function>
std::uint64_t address_of_code(Function* function) {
    return reinterpret_cast<std::uint64_t>(function);
}

class ProvokeFault final : public Task {
public:
    ProvokeFault(Platform& platform, std::size_t index) : platform_(platform), index_(index) {}
    void run() override { platform_.provoke(index_); }

private:
    Platform& platform_;
    std::size_t index_;
};

/// What an interrupt handler must not do: the code that it interrupted may hold the lock.
class AllocatingHandler final : public Task {
public:
    explicit AllocatingHandler(mm::Heap& heap) : heap_(heap) {}
    void run() override { allocate_in_handler(heap_); }
    static void allocate_in_handler(mm::Heap& heap) {
        heap.allocate({.size = 16}, address_of_code(&allocate_in_handler));
    }

private:
    mm::Heap& heap_;
};

/// Holds the heap's lock, as an allocation under way does, while the timer interrupt comes.
class InterruptedAllocation final : public Task {
public:
    explicit InterruptedAllocation(Context& context) : context_(context) {}
    void run() override { interrupted_allocation(context_); }
    static void interrupted_allocation(Context& context) {
        const mm::SpinlockGuard under_way(context.heap.lock(),
                                          address_of_code(&interrupted_allocation));
        AllocatingHandler handler(context.heap);
        context.platform.run_in_interrupt(handler);
    }

private:
    Context& context_;
};

}  // namespace

Reply fault(Context& context, const Arguments& arguments) {
    Platform& platform = context.platform;
    const auto known = platform.faults();
    if (known.empty()) {
        return Error{.code = ErrorCode::not_supported,
                     .message = FixedText<320>("this platform provokes no CPU faults")};
    }
    if (arguments.size() == 0) return Names{known};
    const auto found = std::ranges::find(known, arguments[0], &FaultKind::name);
    if (found == known.end()) return unknown_name("fault", arguments[0], known);
    ProvokeFault task(platform, static_cast<std::size_t>(found - known.begin()));
    if (const Report* report = platform.run_guarded(task)) return Provoked{*report};
    return provoked(platform.last_report(), "the fault did not come");
}

Reply bug(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) return Names{bugs};
    if (arguments[0] != bugs[0].name) return unknown_name("bug", arguments[0], bugs);
    InterruptedAllocation task(context);
    const Report* report = context.platform.run_guarded(task);
    context.heap.recover();
    return provoked(report, "this platform has no timer interrupt to allocate in");
}

}  // namespace heap44::shell::commands
