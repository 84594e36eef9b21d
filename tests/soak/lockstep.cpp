// SPDX-License-Identifier: MIT
// Linked list, indexed design and naive model in lockstep for as long as asked:
// `lockstep [OPERATIONS] [SEED]`. A failure names the seed that shows it again.
#include "lockstep/lockstep.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <print>
#include <random>

#include "lib/panic.hpp"

void heap44::panic(PanicKind, std::string_view message, std::uint64_t, std::uint64_t,
                   std::uint64_t) {
    std::println("panic: {}", message);
    std::abort();
}

namespace {

using heap44::test::Lockstep;
using heap44::test::Random;
using heap44::test::Scenario;

constexpr std::uint64_t operations_per_heap = 50'000;

// Small heaps that are full and often at a loss, large ones with thousands of holes, and everything
// in between.
Scenario random_scenario(Random& random) {
    Scenario scenario{.heap_size = std::size_t{1} << (12 + random.below(11))};
    scenario.heap_size += random.below(2) * random.below(scenario.heap_size);
    scenario.largest_size = std::size_t{1} << (5 + random.below(9));
    scenario.is_log_uniform = random.chance(40);
    scenario.live_blocks = 1 + random.below(std::size_t{1} << (3 + random.below(9)));
    scenario.percent_aligned = random.chance(50) ? 0 : static_cast<unsigned>(random.below(60));
    scenario.percent_reallocated = random.chance(50) ? 0 : static_cast<unsigned>(random.below(40));
    scenario.shift = random.chance(80) ? 0 : random.below(16);
    return scenario;
}

int soak(std::uint64_t operations, std::uint64_t seed) {
    std::println("{} operations, seed {}", operations, seed);
    for (std::uint64_t done = 0; done < operations; done += operations_per_heap, ++seed) {
        Random random(seed);
        const Scenario scenario = random_scenario(random);
        const std::string difference =
            Lockstep(scenario, random.next()).run(std::min(operations_per_heap, operations - done));
        if (!difference.empty()) {
            std::println("seed {}: {}", seed, difference);
            return EXIT_FAILURE;
        }
        if (done / operations_per_heap % 200 == 199) {
            std::println("{} done", done + operations_per_heap);
            std::fflush(stdout);
        }
    }
    std::println("no difference");
    return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments) {
    const std::uint64_t operations =
        count > 1 ? std::strtoull(arguments[1], nullptr, 0) : 100'000'000;
    const std::uint64_t seed =
        count > 2 ? std::strtoull(arguments[2], nullptr, 0) : std::random_device{}();
    return soak(operations, seed);
}
