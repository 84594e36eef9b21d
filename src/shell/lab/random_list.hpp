// SPDX-License-Identifier: MIT
// The list of operations of `random`: made from the seed alone, the same for every heap.
//
// The list knows only its own allocations, by their place in it: 0, 1, 2, ... It frees those that
// it has not freed yet, whether a heap could give them or not. So two designs are asked for the
// same, and what one of them cannot give changes nothing for the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "shell/lab/counted_set.hpp"
#include "shell/lab/splitmix.hpp"

namespace heap44::shell {

/// Two frees for three allocations, of 1 to 256 bytes: a heap that fills slowly and fragments. One
/// list at a time, in place: a bit for each allocation that it might have, and another.
class RandomList {
public:
    static constexpr std::size_t longest = 1'000'000;

    struct Operation {
        bool frees;
        /// Which of the list's allocations this is, or is freed.
        std::size_t place;
        /// Bytes to allocate.
        std::size_t size;
    };

    /// Begins a list, of `longest` operations at most.
    void begin(std::uint64_t seed) {
        random_ = SplitMix(seed);
        live_.clear();
        given_.clear();
        allocations_ = 0;
    }
    /// Where there is nothing to free the list allocates. A free takes any of what it has not freed
    /// yet, each as likely: the k-th oldest.
    [[nodiscard]] Operation next() {
        const bool frees = random_.below(100) < 40 && live_.size() > 0;
        if (frees) {
            const std::size_t place = live_.at(random_.below(live_.size()));
            live_.erase(place);
            return {.frees = true, .place = place, .size = 0};
        }
        live_.insert(allocations_);
        return {.frees = false, .place = allocations_++, .size = 1 + random_.below(256)};
    }

    /// This allocation of the list was granted.
    void note_given(std::size_t place) { given_.insert(place); }
    /// How many were granted before it; nothing where it was not granted itself.
    [[nodiscard]] std::optional<std::size_t> given_before(std::size_t place) const {
        if (!given_.contains(place)) return std::nullopt;
        return given_.count_below(place);
    }

private:
    SplitMix random_{0};
    CountedSet<longest> live_;
    CountedSet<longest> given_;
    std::size_t allocations_ = 0;
};

}  // namespace heap44::shell
