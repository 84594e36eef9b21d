// SPDX-License-Identifier: MIT
#include "shell/render/heap_drawing.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "mm/heap/changes.hpp"
#include "mm/heap/heap.hpp"
#include "shell/render/heap_picture.hpp"
#include "shell/render/heap_pieces.hpp"

namespace heap44::shell {

namespace {

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

constexpr const Look& look_of(Piece::Kind kind) {
    return looks[static_cast<std::size_t>(kind)];
}

/// Colours are set only where they change: on a serial line each sequence costs time.
void write_row(Output& output, const Row& row, std::size_t bytes_each, Colours colours) {
    std::string_view current;
    bool reversed = false;
    for (std::size_t index = 0; index < row.size; ++index) {
        const auto [kind, is_changed, used] = row.pieces[index];
        const Look& look = look_of(kind);
        if (colours == Colours::on && (look.colour != current || is_changed != reversed)) {
            print(output, "\x1b[0m{}{}", look.colour, is_changed ? reverse : "");
            current = look.colour;
            reversed = is_changed;
        }
        // A mixed stretch has something of both: never 0, never 10.
        const std::size_t tenths = std::clamp<std::size_t>(used * 10UL / bytes_each, 1, 9);
        const char digit = static_cast<char>('0' + tenths);
        output.write({kind == Piece::Kind::mixed ? &digit : &look.character, 1});
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
    // One entry for each kind, and one for the marks of change.
    Entry entry(output);
    for (std::size_t index = 0; index < looks.size(); ++index) {
        const Look& look = looks[index];
        const bool is_rare = index >= static_cast<std::size_t>(Piece::Kind::overhead);
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

void write_address(Output& output, VirtAddr address) {
    print(output, "{:#014x}  ", address.value);
}

void write_left_out(Output& output, std::size_t rows, std::string_view note) {
    if (rows == 0) return;
    print(output, "{:>14}  {} more row{} of the same{}\n", "", rows, plural(rows), note);
}

}  // namespace

void write_scale(Output& output, VirtAddr start, VirtAddr end, std::size_t width,
                 std::size_t bytes_each) {
    print(output, "heap {:#x} to {:#x}: a character is {} bytes, a row {}\n\n", start.value,
          end.value, bytes_each, bytes_each * width);
}

void draw_whole_heap(Output& output, const mm::Heap& heap, std::size_t width,
                     std::size_t bytes_each) {
    mm::Changes changes(heap);
    HeapPieces pieces(heap, bytes_each);
    for_each_row(pieces, width, [&](Row& row, std::size_t index, std::size_t repeats) {
        // Here no row is left out: the pinned map has a fixed height.
        for (std::size_t left = std::max<std::size_t>(repeats, 1); left > 0; --left, ++index) {
            const VirtAddr address = heap.start() + index * width * bytes_each;
            row.mark_changes(changes, address, bytes_each);
            write_address(output, address);
            write_row(output, row, bytes_each, Colours::on);
        }
        return true;
    });
}

void draw_heap(Output& output, const mm::Heap& heap, std::size_t width, Colours colours) {
    constexpr std::size_t most_rows = 16;
    const std::size_t bytes_each = fitting_scale(heap, width, most_rows);
    write_scale(output, heap.start(), heap.end(), width, bytes_each);
    std::size_t left_out = 0;
    std::array<bool, looks.size()> seen{};
    bool left_out_changes = false;
    bool changes_seen = false;
    // The rows were gone through before, to find the scale. What changed is looked up only now.
    mm::Changes changes(heap);
    const auto write_what_was_left_out = [&] {
        write_left_out(output, std::exchange(left_out, 0),
                       std::exchange(left_out_changes, false) ? ", some changed" : "");
    };
    HeapPieces pieces(heap, bytes_each);
    for_each_row(pieces, width, [&](Row& row, std::size_t index, std::size_t repeats) {
        const VirtAddr address = heap.start() + index * width * bytes_each;
        for (const Piece& each : std::span(row.pieces).first(row.size)) {
            seen[static_cast<std::size_t>(each.kind)] = true;
        }
        if (repeats > 0) {
            left_out += repeats;
            if (changes.any_in(address, address + repeats * width * bytes_each)) {
                left_out_changes = changes_seen = true;
            }
            return true;
        }
        row.mark_changes(changes, address, bytes_each);
        changes_seen = changes_seen || row.has_changes();
        write_what_was_left_out();
        write_address(output, address);
        write_row(output, row, bytes_each, colours);
        if (colours == Colours::off && row.has_changes()) write_changes(output, row);
        return true;
    });
    write_what_was_left_out();
    write_legend(output, colours, seen, changes_seen);
}

void draw_picture(Output& output, const HeapPicture& picture, Colours colours) {
    std::size_t left_out = 0;
    HeapPicture::Reader pieces(picture);
    for_each_row(
        pieces, HeapPicture::width, [&](const Row& row, std::size_t index, std::size_t repeats) {
            left_out += repeats;
            if (repeats > 0) return true;
            write_left_out(output, std::exchange(left_out, 0), "");
            write_address(output,
                          picture.start() + index * HeapPicture::width * picture.bytes_each());
            write_row(output, row, picture.bytes_each(), colours);
            return true;
        });
    write_left_out(output, left_out, "");
}

}  // namespace heap44::shell
