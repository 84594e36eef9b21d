// SPDX-License-Identifier: MIT
#include "shell/render/heap_pieces.hpp"

namespace heap44::shell {

using mm::Cell;

HeapPieces::HeapPieces(const mm::Heap& heap, std::size_t bytes_each)
    : cells_(heap), end_(heap.start()), position_(heap.start()), bytes_each_(bytes_each) {
    advance();
}

Piece HeapPieces::next() {
    const VirtAddr piece_end = position_ + bytes_each_;
    Piece::Kind kind = kind_of(cell_);
    std::size_t used = 0;
    // Takes in the cells that reach into the piece, and adds up the bytes that are in use. The
    // cell that reaches beyond the piece stays, for the next one.
    for (;;) {
        const VirtAddr from = std::max(cell_.address, position_);
        if (cell_.kind != Cell::Kind::hole) used += std::min(end_, piece_end) - from;
        if (end_ > piece_end) break;
        advance();
        if (!has_cell_ || cell_.address >= piece_end) break;
        kind = joined(kind);
    }
    position_ = piece_end;
    return {.kind = kind, .used = static_cast<std::uint32_t>(used)};
}

std::size_t HeapPieces::skip_rows(std::size_t width) {
    if (!has_cell_ || cell_.address >= position_ || end_ <= position_) return 0;
    const std::size_t bytes = width * bytes_each_;
    const std::size_t rows = (end_ - position_ - 1) / bytes;
    position_ += rows * bytes;
    return rows;
}

/// A block shows its start only in the piece that begins with it.
Piece::Kind HeapPieces::kind_of(const Cell& cell) const {
    switch (cell.kind) {
        case Cell::Kind::block:
            return cell.address == position_ ? Piece::Kind::block_start : Piece::Kind::block;
        case Cell::Kind::padding:
            return Piece::Kind::padding;
        case Cell::Kind::hole:
            return Piece::Kind::hole;
        case Cell::Kind::guard:
            return Piece::Kind::guard;
        case Cell::Kind::unmapped:
            return Piece::Kind::unmapped;
        case Cell::Kind::overhead:
            break;
    }
    return Piece::Kind::overhead;
}

/// The kind of a piece into which the present cell reaches, too. Padding behind the last bytes of
/// a block is worth seeing; a block that fits into one character stays its start.
Piece::Kind HeapPieces::joined(Piece::Kind kind) const {
    if (cell_.kind != Cell::Kind::padding) return Piece::Kind::mixed;
    if (kind == Piece::Kind::block) return Piece::Kind::padding;
    return kind == Piece::Kind::block_start ? Piece::Kind::block_start : Piece::Kind::mixed;
}

void HeapPieces::advance() {
    has_cell_ = cells_.next(cell_);
    if (has_cell_) end_ = cell_.address + cell_.size;
}

/// Each try draws for nobody, and ends as soon as it has too many rows.
std::size_t fitting_scale(const mm::Heap& heap, std::size_t width, std::size_t most_rows) {
    for (std::size_t bytes_each = 8;; bytes_each *= 2) {
        HeapPieces pieces(heap, bytes_each);
        std::size_t rows = 0;
        for_each_row(pieces, width, [&](const Row&, std::size_t, std::size_t repeats) {
            if (repeats == 0) ++rows;
            return rows <= most_rows;
        });
        if (rows <= most_rows) return bytes_each;
    }
}

}  // namespace heap44::shell
