// SPDX-License-Identifier: MIT
// `stress`: random operations with every answer checked, and the shortest sequence that fails.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mm/heap/heap.hpp"
#include "mm/heap/ledger/layout.hpp"
#include "shell/answer/stress_step.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/lab/splitmix.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::shell {

/// What is stressed: the heap, or in tests one that is broken on purpose.
class StressTarget {
public:
    /// Empties it; everything is as at the start.
    virtual void reset() = 0;
    [[nodiscard]] virtual std::span<std::byte> region() const = 0;
    virtual std::byte* allocate(mm::Layout layout, mm::Fill fill) = 0;
    virtual void deallocate(std::byte* block, mm::Layout layout) = 0;
    virtual std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) = 0;
    [[nodiscard]] virtual std::optional<Problem> find_problem() = 0;
    /// Runs what may end in a panic or a fault; that is a problem, too.
    virtual std::optional<Problem> run_guarded(Task& task) = 0;
    /// A good moment to ask whether the whole thing shall end.
    virtual void pass() = 0;

protected:
    ~StressTarget() = default;
};

/// All zero at first, so that it costs the kernel's image nothing. The operations come in rounds,
/// each of which begins with an empty heap: so a sequence that fails is never longer than a round,
/// and what an operation is depends on the seed alone.
class Stress {
public:
    static constexpr std::size_t round_length = 4096;

    Stress() = default;

    /// Makes `count` operations; false at the first problem.
    bool run(StressTarget& target, std::uint64_t count, std::uint64_t seed);

    [[nodiscard]] std::uint64_t operations() const { return operations_; }
    /// Allocations and reallocations that found no hole.
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
    /// The shortest sequence found that has the problem, on an empty heap.
    [[nodiscard]] std::span<const StressStep> steps() const { return {steps_.data(), count_}; }

private:
    static constexpr std::size_t slots = 512;
    /// So many steps are spent on shortening: seconds on a slow machine.
    static constexpr std::size_t shortening = 100'000;

    struct Slot {
        std::byte* block = nullptr;
        mm::Layout layout{.size = 0, .align = 0};
        std::uint32_t number = 0;
    };
    using Steps = std::array<StressStep, round_length>;
    class Attempt;

    void draw(SplitMix& random, std::size_t count);
    /// Runs the steps on an empty heap; where they fail, `failed_at_` is the last that was begun.
    bool fails(std::span<StressStep> steps);
    void perform(std::span<StressStep> steps);
    void perform(StressStep& step);
    void allocate(StressStep& step, Slot& slot);
    void reallocate(const StressStep& step, Slot& slot);
    void deallocate(Slot& slot);
    void check_place(const std::byte* block, mm::Layout layout, const Slot* own);
    void check_bytes(const Slot& slot, std::size_t size);
    void check_all_bytes();
    void blame(const std::byte* address, const FixedText<256>& message);

    void shorten();
    bool try_without(std::size_t first, std::size_t count);
    void simplify();

    StressTarget* target_ = nullptr;
    Steps steps_;
    Steps trial_;
    std::size_t count_ = 0;
    std::array<Slot, slots> slots_;
    std::uint32_t numbers_ = 0;
    std::size_t failed_at_ = 0;
    std::size_t performed_ = 0;
    std::uint64_t operations_ = 0;
    std::uint64_t failures_ = 0;
    std::optional<Problem> problem_;
};

}  // namespace heap44::shell
