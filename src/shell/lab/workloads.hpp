// SPDX-License-Identifier: MIT
// The workloads of `bench`, as bench/ has them for the host: W1 to W3 and W5 are timed, W4 counts
// how much fits.
//
// They run on the bare design: no lock, no ledger, no checks. So the time is the design's alone,
// and the figures can be compared with other allocators that bench/ measures on the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mm/heap/bare_design.hpp"
#include "shell/lab/splitmix.hpp"
#include "shell/platform/safe_point.hpp"

namespace heap44::shell {

/// A block of a workload's, or none. Blocks lie 16 bytes apart at least, so as many bytes as the
/// heap has hold a slot for each.
struct Slot {
    std::byte* block = nullptr;
    std::uint32_t size = 0;
};
static_assert(sizeof(Slot) == 16);

/// A heap brought into a state, then batches of operations that leave it in such a state. `set_up`
/// and `run` answer false where the heap is too small for this design.
class Workload {
public:
    virtual bool set_up(mm::BareDesign& heap) = 0;
    /// What is random about the next batch; not timed.
    virtual void draw() {}
    virtual bool run(mm::BareDesign& heap) = 0;
    /// Allocations, deallocations and reallocations in a batch.
    [[nodiscard]] virtual std::size_t operations() const = 0;

protected:
    ~Workload() = default;
};

/// W1: a live set of blocks of 1 to `largest` bytes, of which random ones are replaced.
class RandomReplacement final : public Workload {
public:
    RandomReplacement(std::span<Slot> live, std::size_t largest)
        : slots_(live), largest_(largest) {}
    bool set_up(mm::BareDesign& heap) override;
    void draw() override;
    bool run(mm::BareDesign& heap) override;
    [[nodiscard]] std::size_t operations() const override { return 2 * replacements_.size(); }

private:
    /// The block in a slot goes, and one of this size comes.
    struct Replacement {
        std::uint32_t slot;
        std::uint32_t size;
    };
    std::span<Slot> slots_;
    std::size_t largest_;
    SplitMix random_{0x1234};
    std::array<Replacement, 256> replacements_{};
};

/// W2: N holes of 48 bytes, and requests for 96, which fit behind the last one only.
/// It shows what a search costs: a list has to pass all N holes, each time.
class ManyHoles final : public Workload {
public:
    explicit ManyHoles(std::span<Slot> holes) : holes_(holes) {}
    bool set_up(mm::BareDesign& heap) override;
    bool run(mm::BareDesign& heap) override;
    [[nodiscard]] std::size_t operations() const override { return 2 * rounds; }

private:
    static constexpr std::size_t rounds = 100;
    std::span<Slot> holes_;
};

/// W3: so many blocks of 1 to 256 bytes, given back in reverse order.
/// The pattern of a call stack: what came last goes first.
class LastInFirstOut final : public Workload {
public:
    explicit LastInFirstOut(std::span<Slot> slots) : slots_(slots) {}
    bool set_up(mm::BareDesign&) override;
    bool run(mm::BareDesign& heap) override;
    [[nodiscard]] std::size_t operations() const override { return 2 * rounds * slots_.size(); }

private:
    static constexpr std::size_t rounds = 2;
    std::span<Slot> slots_;
};

/// W5: vectors that grow by half, again and again, side by side, and are freed past 2 KiB.
/// The neighbours of a vector that grows are in its way, so it often has to move, and leaves a
/// hole.
class GrowingVectors final : public Workload {
public:
    explicit GrowingVectors(std::span<Slot> vectors) : vectors_(vectors) {}
    bool set_up(mm::BareDesign&) override;
    void draw() override;
    bool run(mm::BareDesign& heap) override;
    [[nodiscard]] std::size_t operations() const override { return drawn_.size(); }

private:
    std::span<Slot> vectors_;
    SplitMix random_{5};
    std::array<std::uint32_t, 512> drawn_{};
};

/// `fill` only allocates; `churn` frees a random block in two of five operations.
enum class Filling : std::uint8_t { fill, churn };
/// 1 to 256 bytes, each as likely; or 16 to 4096, each power of two as likely.
enum class Sizes : std::uint8_t { even_to_256, log_uniform_to_4096 };

/// W4: what was allocated until the first failure.
struct Fitted {
    std::uint64_t operations = 0;
    /// The most that was live at once, in bytes asked for.
    std::uint64_t peak_payload = 0;
};
/// Ctrl-C stops it through `safe_point`. The blocks stay allocated; whoever lends the heap empties
/// it.
[[nodiscard]] Fitted fill_heap(mm::BareDesign& heap, std::span<Slot> slots, Filling filling,
                               Sizes sizes, SafePoint& safe_point);

}  // namespace heap44::shell
