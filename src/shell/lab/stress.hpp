// SPDX-License-Identifier: MIT
// `stress`: random operations with every answer checked, and the shortest sequence that fails.
//
//     seed --> draw() --> sequence_ --> perform(), checking each --> no problem: the next round
//                                           |
//                                           +--> a problem --> shorten() --> simplify()
//
// An operation is a plain value that names a slot, not an address. So a sequence can be run again
// from an empty heap, with any of its operations left out, and means the same each time. That is
// what shortening needs: it tries out many shorter sequences, and keeps each one that still fails.
//
// What is checked: a new block lies in the heap, is aligned, and overlaps no other; a zeroed block
// is zero; every block holds its pattern until it is freed; the holes agree with the ledger.
//
// Cost: each operation compares the new block with 512 slots and walks over the holes; all bytes of
// all blocks are looked at every 256 operations, and at the end of a round.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mm/heap/ledger/layout.hpp"
#include "shell/answer/stress_operation.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/lab/splitmix.hpp"
#include "shell/platform/guard.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// What is stressed: the heap, or in tests a design that is broken on purpose. An answer of null is
/// no problem: memory may be short.
class StressTarget {
public:
    /// Empties it; everything is as at the start.
    virtual void reset() = 0;
    [[nodiscard]] virtual std::span<std::byte> region() const = 0;
    virtual std::byte* allocate(mm::Layout layout, mm::Fill fill) = 0;
    virtual void deallocate(std::byte* block, mm::Layout layout) = 0;
    virtual std::byte* reallocate(std::byte* block, mm::Layout layout, std::size_t new_size) = 0;
    /// What is wrong with the holes, as `check` would say it.
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
    /// Operations in a round: enough to fill the heap and fragment it, few enough to shorten
    /// quickly.
    static constexpr std::size_t round_length = 4096;

    Stress() = default;

    /// Makes `count` operations; false at the first problem.
    bool run(StressTarget& target, std::uint64_t count, std::uint64_t seed);

    [[nodiscard]] std::uint64_t operations() const { return operations_; }
    /// Allocations and reallocations that failed.
    [[nodiscard]] std::uint64_t failures() const { return failures_; }
    [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
    /// The shortest sequence found that has the problem, on an empty heap.
    [[nodiscard]] std::span<const StressOperation> sequence() const {
        return {sequence_.data(), count_};
    }

private:
    static constexpr std::size_t slots = 512;
    /// So many operations are spent on shortening: seconds on a slow machine.
    static constexpr std::size_t shortening = 100'000;

    struct Slot {
        std::byte* block = nullptr;
        mm::Layout layout{.size = 0, .align = 0};
        std::uint32_t number = 0;
    };
    using Sequence = std::array<StressOperation, round_length>;
    class Attempt;

    /// Draws the next sequence. It knows which slots would be in use if every allocation succeeded,
    /// and so draws few operations that do nothing.
    void draw(SplitMix& random, std::size_t count);
    /// Runs the sequence on an empty heap; where it fails, `failed_at_` is the last operation that
    /// was begun.
    bool fails(std::span<StressOperation> sequence);
    /// Runs the operations until one has a problem, with all checks.
    void perform(std::span<StressOperation> sequence);
    void perform(StressOperation& operation);
    void allocate(StressOperation& operation, Slot& slot);
    void reallocate(const StressOperation& operation, Slot& slot);
    void deallocate(Slot& slot);
    /// The checks. Each notes the first problem that it finds, and all return as if nothing had
    /// happened.
    void check_place(const std::byte* block, mm::Layout layout, const Slot* own);
    void check_bytes(const Slot& slot, std::size_t size);
    void check_all_bytes();
    void blame(const std::byte* address, const FixedText<256>& message);

    /// Makes the failing sequence in `sequence_` shorter, then its operations plainer.
    void shorten();
    bool try_without(std::size_t first, std::size_t count);
    void simplify();

    // Null before the first run only.
    StressTarget* target_ = nullptr;
    // `sequence_` holds what is run, and in the end what is shown; `candidate_` the attempt to
    // leave a part out.
    Sequence sequence_;
    Sequence candidate_;
    std::size_t count_ = 0;
    std::array<Slot, slots> slots_;
    std::uint32_t numbers_ = 0;
    // Where the last run of a sequence was; how many operations shortening has run so far.
    std::size_t failed_at_ = 0;
    std::size_t performed_ = 0;
    std::uint64_t operations_ = 0;
    std::uint64_t failures_ = 0;
    std::optional<Problem> problem_;
};

}  // namespace heap44::shell
