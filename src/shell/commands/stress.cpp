// SPDX-License-Identifier: MIT
// stress: the heap as it is used, under random operations whose every answer is checked.
//
// The test itself (src/shell/lab/stress.hpp) knows no heap; here it meets the real one.

#include "shell/lab/stress.hpp"

#include "mm/heap/heap.hpp"
#include "shell/answer/long_loop.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/design.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::shell::commands {

namespace {

// Too large for a stack, and the answer speaks of what is in it.
constinit Stress stress_test;

/// The heap with its ledger, in the design and policy that it has.
class HeapUnderStress final : public StressTarget {
public:
    HeapUnderStress(Context& context, std::uint64_t operations)
        : heap_(context.heap), guard_(context.guard), loop_(context, "stress", operations) {}

    void reset() override { heap_.reset(); }
    /// Where blocks may be: the window, under a design that has one.
    [[nodiscard]] std::span<std::byte> region() const override {
        return {pointer(heap_.start()), heap_.size()};
    }
    std::byte* allocate(mm::Layout layout, mm::Fill fill) override {
        return pointer(heap_.allocate(layout, code_of(&stress), fill));
    }
    void deallocate(std::byte* block, mm::Layout) override {
        // The test frees only what it has got from here, so the ledger knows it.
        heap_.free(*heap_.ledger().live_at(address_of(block)), code_of(&stress));
    }
    std::byte* reallocate(std::byte* block, mm::Layout, std::size_t new_size) override {
        return pointer(heap_.reallocate(*heap_.ledger().live_at(address_of(block)), new_size,
                                        code_of(&stress)));
    }
    [[nodiscard]] std::optional<Problem> find_problem() override {
        return shell::find_problem(heap_);
    }
    std::optional<Problem> run_guarded(Task& task) override {
        const Report* stopped = guard_.run_guarded(task);
        if (stopped == nullptr) return std::nullopt;
        // Copied: the guard keeps it only until something else is stopped.
        const Report report = *stopped;
        heap_.recover();
        // Ctrl-C is no problem of the heap's. It ends the whole command, and leaves an empty heap.
        if (report.code == ErrorCode::interrupted) {
            heap_.reset();
            guard_.stop(report);
        }
        return Problem{
            name(report.code), {report.address.value_or(0)}, FixedText<256>(report.message.view())};
    }
    void pass() override { loop_.pass(stress_test.operations()); }

private:
    static std::byte* pointer(VirtAddr address) {
        return reinterpret_cast<std::byte*>(address.value);
    }
    static std::byte* pointer(const mm::Block* block) {
        return block == nullptr ? nullptr : pointer(block->address);
    }

    mm::Heap& heap_;
    Guard& guard_;
    LongLoop loop_;
};

}  // namespace

/// Refused: bad numbers, then blocks that would be lost. Sound holes are not asked for, since it
/// begins with a reset.
Reply stress(Context& context, const Arguments& arguments) {
    const auto count = parse_count("N", arguments[0], 10'000'000);
    if (!count) return count.error();
    const auto seed = parse_seed(arguments);
    if (!seed) return seed.error();
    if (const auto may = may_lose_blocks(context.heap, arguments); !may) return may.error();
    HeapUnderStress target(context, *count);
    stress_test.run(target, *count, *seed);
    return StressRun{.seed = *seed,
                     .operations = stress_test.operations(),
                     .failures = stress_test.failures(),
                     .problem = stress_test.problem(),
                     .sequence = stress_test.sequence()};
}

}  // namespace heap44::shell::commands
