// SPDX-License-Identifier: MIT
// The workloads that are timed, W1 to W3, and the adversary's: each is a heap brought into a state,
// then steps that leave it in that state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../tests/lockstep/random.hpp"
#include "subject.hpp"

namespace heap44::bench {

using test::Random;

/// `setup` is false where the subject cannot do it (the heap is full). `draw` and `run` make one
/// repetition: first what is random, then, on the clock, the operations.
class Workload {
public:
    virtual ~Workload() = default;
    virtual bool setup(const Subject& subject) = 0;
    virtual void draw() {}
    virtual bool run(const Subject& subject) = 0;
    virtual void teardown(const Subject& subject) = 0;
    /// Allocations and deallocations in one `run`.
    [[nodiscard]] virtual std::size_t operations() const = 0;
};

struct Slot {
    std::byte* block = nullptr;
    std::uint32_t size = 0;
};

/// W1: a live set of blocks, of which random ones are replaced.
class RandomReplacement final : public Workload {
public:
    RandomReplacement(std::size_t live, std::size_t largest);
    bool setup(const Subject& subject) override;
    void draw() override;
    bool run(const Subject& subject) override;
    void teardown(const Subject& subject) override;
    [[nodiscard]] std::size_t operations() const override { return 2 * steps_.size(); }

private:
    struct Step {
        std::uint32_t slot;
        std::uint32_t size;
    };
    std::size_t largest_;
    Random random_{0x1234};
    std::vector<Slot> slots_;
    std::vector<Step> steps_;
};

/// W2 and the worst case: N holes that do not fit, and a request that fits behind the last.
class ManyHoles final : public Workload {
public:
    struct Sizes {
        std::size_t hole;
        std::size_t between;
        std::size_t request;
        std::size_t align = 8;
        /// A hole that fits, behind all others; 0 for none but the rest of the heap.
        std::size_t last_hole = 0;
    };
    ManyHoles(std::size_t holes, Sizes sizes);
    bool setup(const Subject& subject) override;
    bool run(const Subject& subject) override;
    void teardown(const Subject& subject) override;
    [[nodiscard]] std::size_t operations() const override { return 2 * rounds; }

private:
    static constexpr std::size_t rounds = 100;
    std::size_t holes_;
    Sizes sizes_;
    std::vector<std::byte*> kept_;
};

/// W3: last in, first out.
class LastInFirstOut final : public Workload {
public:
    explicit LastInFirstOut(std::size_t depth);
    bool setup(const Subject&) override { return true; }
    bool run(const Subject& subject) override;
    void teardown(const Subject&) override {}
    [[nodiscard]] std::size_t operations() const override { return 2 * rounds * slots_.size(); }

private:
    static constexpr std::size_t rounds = 20;
    std::vector<Slot> slots_;
};

}  // namespace heap44::bench
