// SPDX-License-Identifier: MIT
// A design seen through offsets from the heap's start, as exercises on paper are written.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <vector>

#include "guarded_region.hpp"
#include "subject.hpp"

namespace heap44::test {

using Offset = std::optional<std::size_t>;

struct HoleAt {
    std::size_t offset;
    std::size_t size;

    friend bool operator==(HoleAt, HoleAt) = default;
    friend void PrintTo(const HoleAt& hole, std::ostream* output) {
        *output << hole.size << " at " << hole.offset;
    }
};
using Holes = std::vector<HoleAt>;

/// A fresh heap of `size` bytes under design `D`.
template <mm::Design D>
class Offsets {
public:
    template <class... Arguments>
    explicit Offsets(std::size_t size, Arguments... arguments)
        : region_(size), subject_(region_.bytes(), arguments...) {}

    Offset allocate(std::size_t size, std::size_t align = 8) {
        return offset_of(subject_.allocate({size, align}));
    }
    void deallocate(std::size_t offset, std::size_t size, std::size_t align = 8) {
        subject_.deallocate(at(offset), {size, align});
    }
    Offset reallocate(std::size_t offset, std::size_t size, std::size_t new_size,
                      std::size_t align = 8) {
        return offset_of(subject_.reallocate(at(offset), {size, align}, new_size));
    }
    [[nodiscard]] std::size_t block_size(std::size_t size, std::size_t align = 8) const {
        return subject_.block_size({size, align});
    }
    /// In the design's order.
    [[nodiscard]] Holes holes() const {
        Holes result;
        for (const mm::Hole& hole : subject_.holes()) {
            result.push_back({*offset_of(hole.address), hole.size});
        }
        return result;
    }
    [[nodiscard]] std::optional<std::size_t> used_bytes() const { return subject_.used_bytes(); }

private:
    [[nodiscard]] std::byte* at(std::size_t offset) const {
        return region_.bytes().data() + offset;
    }
    [[nodiscard]] Offset offset_of(const std::byte* address) const {
        if (address == nullptr) return std::nullopt;
        return static_cast<std::size_t>(address - region_.bytes().data());
    }

    GuardedRegion region_;
    SubjectOf<D> subject_;
};

}  // namespace heap44::test
