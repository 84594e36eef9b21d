// SPDX-License-Identifier: MIT
#include "shell/render/heap_drawing.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "mm/heap/cells.hpp"
#include "mm/heap/changes.hpp"

namespace heap44::shell {

namespace {

using mm::Cell;

/// What one character shows.
/// The order is that of `looks`; from `overhead` on they are rare, and the legend leaves them out
/// where none was seen.
enum class Mark : std::uint8_t {
    hole,
    block_start,
    block,
    padding,
    overhead,
    guard,
    unmapped,
    mixed,
};

struct Look {
    char character;
    std::string_view colour;
    std::string_view meaning;
};
constexpr std::array<Look, 8> looks{{{'.', "\x1b[90m", "hole"},
                                     {'[', "\x1b[30;46m", "a block starts"},
                                     {'#', "\x1b[30;46m", "block"},
                                     {'-', "\x1b[30;43m", "padding at its end"},
                                     {'o', "\x1b[35m", "overhead"},
                                     {'|', "\x1b[31m", "guard page"},
                                     {'x', "\x1b[90m", "freed, unmapped"},
                                     {'5', "\x1b[36m", "mixed, 1 to 9 tenths of it in use"}}};

constexpr std::string_view reverse = "\x1b[7m";

constexpr const Look& look_of(Mark mark) {
    return looks[static_cast<std::size_t>(mark)];
}

/// What one character says: its mark, and of a mixed piece how many tenths are in use (1 to 9).
struct Piece {
    Mark mark;
    std::uint8_t tenths = 0;
    bool is_changed = false;
};

/// Says of each piece of the heap, in address order, what its character is.
/// It walks over the heap's cells (blocks, padding, holes) once, from the start to the end, and
/// cuts them into pieces of `bytes_each` bytes. Cost: as many steps as there are cells and
/// characters.
///
///     address     0       8       16  20  24      32      40
///     cells       | block of 20       |pad| hole
///     pieces   [       #       -       .       .       .
class Marks {
public:
    Marks(const mm::Heap& heap, std::size_t bytes_each)
        : cells_(heap), end_(heap.start()), position_(heap.start()), bytes_each_(bytes_each) {
        advance();
    }

    [[nodiscard]] bool at_end() const { return !has_cell_; }

    /// The next piece. Call it only where not `at_end()`.
    Piece next() {
        const VirtAddr piece_end = position_ + bytes_each_;
        Mark mark = mark_of(cell_);
        std::size_t used = 0;
        // Takes in the cells that reach into the piece, and adds up the bytes that are in use.
        // The cell that reaches beyond the piece stays, for the next one.
        for (;;) {
            const VirtAddr from = std::max(cell_.address, position_);
            if (cell_.kind != Cell::Kind::hole) used += std::min(end_, piece_end) - from;
            if (end_ > piece_end) break;
            advance();
            if (!has_cell_ || cell_.address >= piece_end) break;
            mark = joined(mark);
        }
        position_ = piece_end;
        if (mark != Mark::mixed) return {mark};
        // A mixed piece has something of both: never 0, never 10.
        const std::size_t tenths = std::clamp<std::size_t>(used * 10 / bytes_each_, 1, 9);
        return {mark, static_cast<std::uint8_t>(tenths)};
    }

    /// Passes over rows that lie in the cell at hand, into which the row before reached already;
    /// how many they were.
    std::size_t skip_rows(std::size_t bytes) {
        if (!has_cell_ || cell_.address >= position_ || end_ <= position_) return 0;
        const std::size_t rows = (end_ - position_ - 1) / bytes;
        position_ += rows * bytes;
        return rows;
    }

private:
    /// A block shows its start only in the piece that begins with it.
    [[nodiscard]] Mark mark_of(const Cell& cell) const {
        switch (cell.kind) {
            case Cell::Kind::block:
                return cell.address == position_ ? Mark::block_start : Mark::block;
            case Cell::Kind::padding:
                return Mark::padding;
            case Cell::Kind::hole:
                return Mark::hole;
            case Cell::Kind::guard:
                return Mark::guard;
            case Cell::Kind::unmapped:
                return Mark::unmapped;
            case Cell::Kind::overhead:
                break;
        }
        return Mark::overhead;
    }
    /// The mark of a piece into which the present cell reaches, too. Padding behind the last
    /// bytes of a block is worth seeing; a block that fits into one character stays its start.
    [[nodiscard]] Mark joined(Mark mark) const {
        if (cell_.kind != Cell::Kind::padding) return Mark::mixed;
        if (mark == Mark::block) return Mark::padding;
        return mark == Mark::block_start ? Mark::block_start : Mark::mixed;
    }
    void advance() {
        has_cell_ = cells_.next(cell_);
        if (has_cell_) end_ = cell_.address + cell_.size;
    }

    mm::Cells cells_;
    Cell cell_{};
    bool has_cell_ = true;
    VirtAddr end_;
    VirtAddr position_;
    std::size_t bytes_each_;
};

constexpr std::size_t widest = 200;

struct Row {
    std::array<Piece, widest> pieces;
    std::size_t size = 0;

    /// The last row of the heap may be shorter.
    void fill(Marks& from, std::size_t width) {
        for (size = 0; size < width && !from.at_end(); ++size) pieces[size] = from.next();
    }
    [[nodiscard]] bool is_all(Mark mark) const {
        return std::ranges::all_of(std::span(pieces).first(size),
                                   [&](Piece each) { return each.mark == mark; });
    }
    /// A row of nothing but a hole, or nothing but the inside of a block, says as much as many.
    [[nodiscard]] bool is_plain() const {
        constexpr std::array plain{Mark::hole, Mark::block, Mark::overhead, Mark::guard,
                                   Mark::unmapped};
        return std::ranges::contains(plain, pieces[0].mark) && is_all(pieces[0].mark);
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
        return is_plain() && before.is_plain() && pieces[0].mark == before.pieces[0].mark;
    }
};

/// Calls `show(row, address, repeats)` for each row, until it answers false. `repeats` is 0 for a
/// row that is not like the one before it. Else it says how many rows there are from `address` on
/// that are like that one. Large holes are not walked through character by character: their rows
/// are skipped at once, so the cost depends on the cells and not on the heap's size.
void for_each_row(const mm::Heap& heap, std::size_t width, std::size_t bytes_each, auto&& show) {
    Marks marks(heap, bytes_each);
    Row before;
    const std::size_t row_bytes = width * bytes_each;
    std::size_t skipped = 0;
    for (VirtAddr address = heap.start(); !marks.at_end(); address += (1 + skipped) * row_bytes) {
        Row row;
        row.fill(marks, width);
        const bool repeats = address > heap.start() && row.repeats(before);
        if (!show(row, address, std::size_t{repeats ? 1U : 0U})) return;
        skipped = row.is_plain() ? marks.skip_rows(row_bytes) : 0;
        if (skipped > 0 && !show(row, address + row_bytes, skipped)) return;
        before = row;
    }
}

/// The least power of two of bytes a character, 8 or more, for which the drawing has no more than
/// `most_rows` rows. Each try draws for nobody, and ends as soon as it has too many rows.
std::size_t fitting_scale(const mm::Heap& heap, std::size_t width, std::size_t most_rows) {
    for (std::size_t bytes_each = 8;; bytes_each *= 2) {
        std::size_t rows = 0;
        for_each_row(heap, width, bytes_each, [&](const Row&, VirtAddr, std::size_t repeats) {
            if (repeats == 0) ++rows;
            return rows <= most_rows;
        });
        if (rows <= most_rows) return bytes_each;
    }
}

/// Colours are set only where they change: on a serial line each sequence costs time.
void write_row(Output& output, const Row& row, Colours colours) {
    std::string_view current;
    bool reversed = false;
    for (std::size_t index = 0; index < row.size; ++index) {
        const auto [mark, tenths, is_changed] = row.pieces[index];
        const Look& look = look_of(mark);
        if (colours == Colours::on && (look.colour != current || is_changed != reversed)) {
            print(output, "\x1b[0m{}{}", look.colour, is_changed ? reverse : "");
            current = look.colour;
            reversed = is_changed;
        }
        const char digit = static_cast<char>('0' + tenths);
        output.write({mark == Mark::mixed ? &digit : &look.character, 1});
    }
    output.write(colours == Colours::on ? "\x1b[0m\n" : "\n");
}

/// A row of its own below, for those who have no colours.
void write_changes(Output& output, const Row& row) {
    print(output, "{:>16}", "");
    std::size_t last = row.size;
    // No spaces behind the last mark.
    while (!row.pieces[last - 1].is_changed) --last;
    for (std::size_t index = 0; index < last; ++index) {
        output.write(row.pieces[index].is_changed ? "^" : " ");
    }
    output.write("\n");
}

/// One entry of the legend; a new line where it would not fit into the one at hand.
class Entry {
public:
    explicit Entry(Output& output) : output_(output) { output_.write("\n"); }
    void begin(std::size_t size) {
        constexpr std::size_t most = 78;
        const bool is_first = column_ == 0 || column_ + gap.size() + size > most;
        if (is_first && column_ > 0) output_.write("\n");
        output_.write(is_first ? indent : gap);
        column_ = (is_first ? indent.size() : column_ + gap.size()) + size;
    }

private:
    static constexpr std::string_view indent = "  ";
    static constexpr std::string_view gap = "   ";
    Output& output_;
    std::size_t column_ = 0;
};

/// Explains the marks; the rare ones only where they were seen.
void write_legend(Output& output, Colours colours, const std::array<bool, looks.size()>& seen,
                  bool changes_seen) {
    const bool coloured = colours == Colours::on;
    // One entry for each mark, and one for the marks of change.
    Entry entry(output);
    for (std::size_t index = 0; index < looks.size(); ++index) {
        const Look& look = looks[index];
        const bool is_rare = index >= static_cast<std::size_t>(Mark::overhead);
        if (is_rare && !seen[index]) continue;
        entry.begin(2 + look.meaning.size());
        print(output, "{}{}{} {}", coloured ? look.colour : "", look.character,
              coloured ? "\x1b[0m" : "", look.meaning);
    }
    if (changes_seen) {
        constexpr std::string_view meaning = "last changed";
        entry.begin(2 + meaning.size());
        print(output, "{} {}", coloured ? "\x1b[7m \x1b[0m" : "^", meaning);
    }
    output.write("\n");
}

}  // namespace

void draw_whole_heap(Output& output, const mm::Heap& heap, std::size_t width,
                     std::size_t bytes_each) {
    mm::Changes changes(heap);
    const auto show = [&](Row& row, VirtAddr address, std::size_t repeats) {
        // Here no row is left out: the pinned map has a fixed height.
        for (std::size_t left = std::max<std::size_t>(repeats, 1); left > 0; --left) {
            row.mark_changes(changes, address, bytes_each);
            print(output, "{:#014x}  ", address.value);
            write_row(output, row, Colours::on);
            address += width * bytes_each;
        }
        return true;
    };
    for_each_row(heap, width, bytes_each, show);
}

void draw_heap(Output& output, const mm::Heap& heap, std::size_t width, Colours colours,
               std::size_t rows, Legend legend) {
    const std::size_t bytes_each = fitting_scale(heap, width, rows);
    print(output, "heap {:#x} to {:#x}: a character is {} bytes, a row {}\n\n", heap.start().value,
          heap.end().value, bytes_each, bytes_each * width);
    std::size_t left_out = 0;
    std::array<bool, looks.size()> seen{};
    bool left_out_changes = false;
    bool changes_seen = false;
    // The rows were gone through before, to find the scale. What changed is looked up only now.
    mm::Changes changes(heap);
    const auto write_left_out = [&] {
        if (left_out > 0) {
            print(output, "{:>14}  {} more row{} of the same{}\n", "", left_out, plural(left_out),
                  left_out_changes ? ", some changed" : "");
        }
        left_out = 0;
        left_out_changes = false;
    };
    const auto show = [&](Row& row, VirtAddr address, std::size_t repeats) {
        for (std::size_t index = 0; index < row.size; ++index) {
            seen[static_cast<std::size_t>(row.pieces[index].mark)] = true;
        }
        if (repeats > 0) {
            left_out += repeats;
            const VirtAddr end = address + repeats * width * bytes_each;
            if (legend == Legend::on && changes.any_in(address, end)) {
                left_out_changes = changes_seen = true;
            }
            return true;
        }
        if (legend == Legend::on) row.mark_changes(changes, address, bytes_each);
        changes_seen = changes_seen || row.has_changes();
        write_left_out();
        print(output, "{:#014x}  ", address.value);
        write_row(output, row, colours);
        if (colours == Colours::off && row.has_changes()) write_changes(output, row);
        return true;
    };
    for_each_row(heap, width, bytes_each, show);
    write_left_out();
    if (legend == Legend::on) write_legend(output, colours, seen, changes_seen);
}

}  // namespace heap44::shell
