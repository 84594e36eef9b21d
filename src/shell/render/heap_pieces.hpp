// SPDX-License-Identifier: MIT
// The heap cut into pieces of equal size, one for each character of a map, and these into rows.
//
//     address     0       8       16  20  24      32      40
//     cells       | block of 20       |pad| hole
//     pieces   [       #       -       .       .       .
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/cells.hpp"
#include "mm/heap/changes.hpp"
#include "mm/heap/heap.hpp"
#include "shell/render/piece.hpp"

namespace heap44::shell {

/// Says of each piece of the heap, in address order, what its character is.
/// It walks over the heap's cells (blocks, padding, holes) once, from the start to the end, and
/// cuts them into pieces of `bytes_each` bytes. Cost: as many steps as there are cells and
/// characters.
class HeapPieces {
public:
    HeapPieces(const mm::Heap& heap, std::size_t bytes_each);

    [[nodiscard]] bool at_end() const { return !has_cell_; }
    /// The next piece. Call it only where not `at_end()`.
    Piece next();
    /// Passes over rows of `width` pieces that lie in the cell at hand, into which the row before
    /// reached already; how many they were.
    std::size_t skip_rows(std::size_t width);

private:
    [[nodiscard]] Piece::Kind kind_of(const mm::Cell& cell) const;
    [[nodiscard]] Piece::Kind joined(Piece::Kind kind) const;
    void advance();

    mm::Cells cells_;
    mm::Cell cell_{};
    bool has_cell_ = true;
    VirtAddr end_;
    VirtAddr position_;
    std::size_t bytes_each_;
};

/// The widest row of any map, in characters.
inline constexpr std::size_t widest = 200;

struct Row {
    std::array<Piece, widest> pieces;
    std::size_t size = 0;

    /// The last row of the heap may be shorter.
    void fill(auto& from, std::size_t width) {
        for (size = 0; size < width && !from.at_end(); ++size) pieces[size] = from.next();
    }
    [[nodiscard]] bool is_all(Piece::Kind kind) const {
        return std::ranges::all_of(std::span(pieces).first(size),
                                   [&](Piece each) { return each.kind == kind; });
    }
    /// A row of nothing but a hole, or nothing but the inside of a block, says as much as many.
    [[nodiscard]] bool is_plain() const {
        constexpr std::array plain{Piece::Kind::hole, Piece::Kind::block, Piece::Kind::overhead,
                                   Piece::Kind::guard, Piece::Kind::unmapped};
        return std::ranges::contains(plain, pieces[0].kind) && is_all(pieces[0].kind);
    }
    [[nodiscard]] bool has_changes() const {
        return std::ranges::any_of(std::span(pieces).first(size), &Piece::is_changed);
    }
    void mark_changes(mm::Changes& changes, VirtAddr address, std::size_t bytes_each) {
        for (std::size_t index = 0; index < size; ++index, address += bytes_each) {
            pieces[index].is_changed = changes.any_in(address, address + bytes_each);
        }
    }
    [[nodiscard]] bool repeats(const Row& before) const {
        return is_plain() && before.is_plain() && pieces[0].kind == before.pieces[0].kind;
    }
};

/// Calls `show(row, index, repeats)` for each row of `width` pieces, until it answers false; rows
/// count from 0. `repeats` is 0 for a row that is not like the one before it. Else it says how many
/// rows there are from this one on that are like that one. Large holes are not walked through
/// character by character: their rows are skipped at once, so the cost depends on what is in the
/// heap and not on its size.
void for_each_row(auto& pieces, std::size_t width, auto&& show) {
    Row before;
    std::size_t skipped = 0;
    for (std::size_t index = 0; !pieces.at_end(); index += 1 + skipped) {
        Row row;
        row.fill(pieces, width);
        const bool repeats = index > 0 && row.repeats(before);
        if (!show(row, index, std::size_t{repeats ? 1U : 0U})) return;
        skipped = row.is_plain() ? pieces.skip_rows(width) : 0;
        if (skipped > 0 && !show(row, index + 1, skipped)) return;
        before = row;
    }
}

/// The least power of two of bytes a character, 8 or more, for which a map has no more than
/// `most_rows` rows that are not like the one before.
[[nodiscard]] std::size_t fitting_scale(const mm::Heap& heap, std::size_t width,
                                        std::size_t most_rows);

}  // namespace heap44::shell
