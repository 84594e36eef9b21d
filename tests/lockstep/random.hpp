// SPDX-License-Identifier: MIT
// Random numbers that are the same everywhere: splitmix64.
#pragma once

#include <cstdint>

namespace heap44::test {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t mixed = state_ += 0x9e37'79b9'7f4a'7c15;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
        return mixed ^ (mixed >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    bool chance(std::uint64_t percent) { return below(100) < percent; }

private:
    std::uint64_t state_;
};

}  // namespace heap44::test
