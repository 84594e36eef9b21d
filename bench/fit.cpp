// SPDX-License-Identifier: MIT
#include "fit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../tests/lockstep/random.hpp"
#include "workloads.hpp"

namespace heap44::bench {

namespace {

std::size_t draw(Random& random, Sizes sizes) {
    if (sizes == Sizes::even_to_256) return 1 + random.below(256);
    const double share = static_cast<double>(random.next() >> 11) / static_cast<double>(1UL << 53);
    return static_cast<std::size_t>(16 * std::exp2(8 * share));
}

}  // namespace

double payload_percent(const Subject& subject, std::size_t heap_size, Filling filling,
                       Sizes sizes) {
    Random random(0x1234);
    std::vector<Slot> live;
    std::size_t payload = 0;
    std::size_t peak = 0;
    for (;;) {
        if (filling == Filling::fill || random.below(100) < 60 || live.empty()) {
            const std::size_t size = draw(random, sizes);
            std::byte* block = subject.allocate(size, 8);
            if (block == nullptr) break;
            live.push_back({block, static_cast<std::uint32_t>(size)});
            peak = std::max(peak, payload += size);
        } else {
            Slot& freed = live[random.below(live.size())];
            subject.deallocate(freed.block, freed.size, 8);
            payload -= freed.size;
            freed = live.back();
            live.pop_back();
        }
    }
    return 100 * static_cast<double>(peak) / static_cast<double>(heap_size);
}

}  // namespace heap44::bench
