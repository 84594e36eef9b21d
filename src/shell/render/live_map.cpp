// SPDX-License-Identifier: MIT
#include "shell/render/live_map.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "shell/render/heap_drawing.hpp"

namespace heap44::shell {

namespace {

// ECMA-48 and DEC's sequences. In two literals where a digit or a letter would belong to `\x1b`.
constexpr std::string_view save_cursor =
    "\x1b"
    "7";
constexpr std::string_view restore_cursor =
    "\x1b"
    "8";
constexpr std::string_view whole_screen = "\x1b[r";
constexpr std::string_view first_row = "\x1b[1;1H";
constexpr std::string_view one_down =
    "\x1b"
    "D";

/// Puts each line on a row of its own, from the first row of the screen on.
class Rows final : public Output {
public:
    explicit Rows(Output& terminal) : out_(terminal) {}
    void write(std::string_view text) override {
        while (!text.empty()) {
            // Goes to the row and erases it first (CUP, EL): a shorter line must not leave the end
            // of a longer one.
            if (at_start_) print(out_, "\x1b[{};1H\x1b[2K", row_);
            const std::string_view line = text.substr(0, text.find('\n'));
            out_.write(line);
            at_start_ = line.size() < text.size();
            if (at_start_) ++row_;
            text.remove_prefix(std::min(line.size() + 1, text.size()));
        }
    }

private:
    Output& out_;
    std::size_t row_ = 1;
    bool at_start_ = true;
};

}  // namespace

void LiveMap::follow(bool wanted) {
    if (!wanted) {
        // Whoever asks for the map next may have another terminal.
        rows_ = default_rows;
        columns_ = default_columns;
        awaits_size_ = false;
        return take_rows(0);
    }
    const bool is_new = height_ == 0;
    const Shape now = shape();
    take_rows(now.map_rows + 2);
    draw();
    if (!is_new) return;
    // The cursor cannot leave the screen: where it ends up is how large that is.
    print(out_, "{}\x1b[999;999H\x1b[6n{}", save_cursor, restore_cursor);
    awaits_size_ = true;
}

void LiveMap::follow_at(std::uint64_t nanoseconds) {
    // A tenth of a second, in nanoseconds.
    constexpr std::uint64_t pause = 100'000'000;
    if (height_ == 0 || nanoseconds - drawn_at_ < pause) return;
    drawn_at_ = nanoseconds;
    draw();
}

void LiveMap::resize(std::size_t rows, std::size_t columns) {
    // Smaller than that there is no use for a map.
    constexpr std::size_t fewest_rows = 8;
    constexpr std::size_t fewest_columns = 40;
    // Some keys send the same sequence, with numbers that are no size.
    const bool is_size = awaits_size_ && rows >= fewest_rows && columns >= fewest_columns;
    if (!is_size) return;
    awaits_size_ = false;
    rows_ = rows;
    columns_ = columns;
    follow(height_ != 0);
}

/// A third of the screen at most, each row a power of two: addresses then are easy to read.
LiveMap::Shape LiveMap::shape() const {
    // "0x444444440000  ", then a multiple of eight characters.
    constexpr std::size_t address_columns = 16;
    const std::size_t width = std::min<std::size_t>((columns_ - address_columns) / 8 * 8, 192);
    const std::size_t most_rows = std::max<std::size_t>(rows_ / 3, 1);
    for (std::size_t bytes_each = 8;; bytes_each *= 2) {
        const std::size_t in_a_row = bytes_each * width;
        const std::size_t map_rows = (heap_.size() + in_a_row - 1) / in_a_row;
        if (map_rows <= most_rows) return {width, bytes_each, map_rows};
    }
}

/// The text's own rows go down to make room at the top, or up to fill it, and the cursor with them.
/// Where it stands is not known: so many steps down first make sure that there is room below it.
void LiveMap::take_rows(std::size_t height) {
    if (height == height_) return;
    print(out_, "{}{}{}", save_cursor, whole_screen, restore_cursor);
    const bool grows = height > height_;
    const std::size_t count = grows ? height - height_ : height_ - height;
    // Index (IND) scrolls where the cursor is at the last row. So after `count` of them, and as
    // many rows up again, there is room below the cursor.
    if (grows) {
        for (std::size_t step = 0; step < count; ++step) out_.write(one_down);
        print(out_, "\x1b[{}A", count);
    }
    // Insert or delete lines (IL, DL) at the top moves all rows; the cursor follows its text.
    print(out_, "{}{}\x1b[{}{}{}\x1b[{}{}", save_cursor, first_row, count, grows ? 'L' : 'M',
          restore_cursor, count, grows ? 'B' : 'A');
    // Last, because setting the region sends the cursor home. The saved cursor lies within the new
    // region by now; terminals differ in what they do with one that does not.
    if (height > 0) print(out_, "{}\x1b[{}r{}", save_cursor, height + 1, restore_cursor);
    height_ = height;
}

void LiveMap::draw() {
    const Shape now = shape();
    out_.write(save_cursor);
    Rows rows(out_);
    print(rows, "\x1b[0m{} at {:#x}: a character is {} bytes, a row {:#x}\n", heap_.design(),
          heap_.start().value, now.bytes_each, now.bytes_each * now.width);
    draw_whole_heap(rows, heap_, now.width, now.bytes_each);
    const mm::HeapStats stats = heap_.stats();
    const auto figures = format_fixed<192>(
        " {} used in {} block{}, {} free in {} hole{}, largest {}", stats.used, stats.live,
        plural(stats.live), stats.free, stats.holes, plural(stats.holes), stats.largest);
    // The last column stays free: a terminal may wrap once it is filled.
    print(rows, "\x1b[7m{:<{}}\x1b[0m", figures.view().substr(0, columns_ - 1), columns_ - 1);
    out_.write(restore_cursor);
}

}  // namespace heap44::shell
