// SPDX-License-Identifier: MIT
#include "shell/render/heap_picture.hpp"

#include <optional>
#include <utility>

#include "mm/heap/heap.hpp"
#include "shell/render/heap_pieces.hpp"

namespace heap44::shell {

namespace {

/// What both show as one. A block goes on where no other begins.
Piece::Kind joined(Piece::Kind first, Piece::Kind second) {
    const bool is_in_block = first == Piece::Kind::block || first == Piece::Kind::block_start;
    if (is_in_block && second == Piece::Kind::block) return first;
    if (is_in_block && second == Piece::Kind::padding) {
        return first == Piece::Kind::block ? Piece::Kind::padding : Piece::Kind::block_start;
    }
    return first == second && first != Piece::Kind::block_start ? first : Piece::Kind::mixed;
}

Piece joined(Piece first, Piece second) {
    return {.kind = joined(first.kind, second.kind), .used = first.used + second.used};
}

}  // namespace

void HeapPicture::take(const mm::Heap& heap) {
    start_ = heap.start();
    end_ = heap.end();
    bytes_each_ = fitting_scale(heap, width, rows);
    count_ = 0;
    HeapPieces pieces(heap, bytes_each_);
    for_each_row(pieces, width, [&](const Row& row, std::size_t, std::size_t repeats) {
        if (repeats > 0) {
            add(row.pieces[0], repeats * row.size);
        } else {
            for (const Piece each : std::span(row.pieces).first(row.size)) add(each, 1);
        }
        return true;
    });
}

void HeapPicture::add(Piece piece, std::size_t count) {
    if (count_ > 0 && runs_[count_ - 1].piece == piece) {
        runs_[count_ - 1].count += static_cast<std::uint32_t>(count);
    } else if (count > 0) {
        runs_[count_++] = {piece, static_cast<std::uint32_t>(count)};
    }
}

void HeapPicture::coarsen_to(std::size_t bytes_each) {
    while (bytes_each_ < bytes_each) coarsen();
}

/// The last piece of all may have no second.
void HeapPicture::coarsen() {
    const auto before = runs_;
    const std::span finer = std::span(before).first(std::exchange(count_, 0));
    bytes_each_ *= 2;
    std::optional<Piece> first;
    for (auto [piece, count] : finer) {
        if (first) {
            add(joined(*first, piece), 1);
            --count;
        }
        add(joined(piece, piece), count / 2);
        first = count % 2 != 0 ? std::optional(piece) : std::nullopt;
    }
    if (first) add(*first, 1);
}

Piece HeapPicture::Reader::next() {
    const Run& run = runs_.front();
    const Piece piece = run.piece;
    if (++passed_ == run.count) {
        runs_ = runs_.subspan(1);
        passed_ = 0;
    }
    return piece;
}

std::size_t HeapPicture::Reader::skip_rows(std::size_t row) {
    if (passed_ == 0) return 0;
    const std::size_t count = (runs_.front().count - passed_ - 1) / row;
    passed_ += count * row;
    return count;
}

}  // namespace heap44::shell
