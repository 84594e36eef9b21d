// SPDX-License-Identifier: MIT
// Random numbers that are the same everywhere for the same seed.
#pragma once

#include <cstdint>

namespace heap44::shell {

/// splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
/// It is small, fast and has no bad seeds, and it is the same on every machine. Tests and lecturers
/// count on that: a line with a seed always does the same.
class SplitMix {
public:
    constexpr explicit SplitMix(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e37'79b9'7f4a'7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
        return mixed ^ (mixed >> 31);
    }
    /// 0 to `limit` − 1; `limit` is not 0. Small numbers come very slightly more often than large
    /// ones, which nothing here notices.
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }

private:
    std::uint64_t state_;
};

}  // namespace heap44::shell
