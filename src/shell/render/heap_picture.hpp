// SPDX-License-Identifier: MIT
// A small map that is kept: `compare` draws those of all its heaps at the end, in one scale, when
// the heaps are gone.
//
//     pieces   [ # # # [ # # # . . . . . .      at 8 bytes a character
//     runs     [1 #3   [1 #3   .6
//     coarser  [ # [ # . . .                    at 16
//
// A map of few rows is a few runs of equal characters, however large the heap. What a coarser map
// shows follows from a finer one, two characters at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "shell/render/piece.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class HeapPicture {
public:
    /// Four rows are enough to compare shapes; equal ones are left out.
    static constexpr std::size_t width = 64;
    static constexpr std::size_t rows = 4;

    /// Becomes a map of the heap as it is now, in the finest scale that has so few rows.
    void take(const mm::Heap& heap);
    /// Makes the scale so many bytes a character: what it is, times a power of two.
    void coarsen_to(std::size_t bytes_each);

    [[nodiscard]] VirtAddr start() const { return start_; }
    [[nodiscard]] VirtAddr end() const { return end_; }
    [[nodiscard]] std::size_t bytes_each() const { return bytes_each_; }

private:
    /// So many pieces that are alike.
    struct Run {
        Piece piece{};
        std::uint32_t count = 0;
    };

public:
    /// Its pieces in order, as HeapPieces has those of a heap.
    class Reader {
    public:
        explicit Reader(const HeapPicture& picture)
            : runs_(std::span(picture.runs_).first(picture.count_)) {}
        [[nodiscard]] bool at_end() const { return runs_.empty(); }
        Piece next();
        std::size_t skip_rows(std::size_t row);

    private:
        std::span<const Run> runs_;
        std::size_t passed_ = 0;
    };

private:
    void add(Piece piece, std::size_t count);
    void coarsen();

    VirtAddr start_;
    VirtAddr end_;
    std::size_t bytes_each_ = 0;
    // Each row has a run for each character at most, and one for the rows that are like it. Coarser
    // maps have half as many characters, so no more runs.
    std::array<Run, rows*(width + 1)> runs_{};
    std::size_t count_ = 0;
};

}  // namespace heap44::shell
