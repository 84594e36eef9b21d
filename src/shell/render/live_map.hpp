// SPDX-License-Identifier: MIT
// The map at the top of the terminal: pinned there, while everything else scrolls below it.
//
//     row 1        linked-list at 0x444444440000: a character is 64 bytes, ...
//     row 2...     0x444444440000  [###............                       the map
//     row height   1 used in 1 block, ...                                 the figures
//     ---------------------------------------------------- top of the scroll region
//     below        heap44> alloc 64                                  what is typed and said
//
// The terminal does the work: inside the scroll region text scrolls as ever, and what stands above
// it stays. So the map costs nothing while nothing changes, and the shell need not know what its
// text looks like.
//
// Invariant: after each function the cursor stands where it stood in the text, and the scroll
// region begins right below the map, at row `height_ + 1`.
//
// Cost: a drawing sends the whole map, some KiB; `follow_at` allows ten of them in a second.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/text.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Uses the scroll region (DECSTBM) and the saved cursor (DECSC, DECRC) of a VT100. What stood on
/// the screen moves down when the map comes, and up again when it goes.
class LiveMap {
public:
    LiveMap(Output& terminal, const mm::Heap& heap) : out_(terminal), heap_(heap) {}

    /// Pins the map or takes it away, as `wanted`, and draws it anew. The cursor stays where it is
    /// in the text.
    void follow(bool wanted);
    /// As `follow`, in the midst of a command: not more often than a person can see.
    void follow_at(std::uint64_t nanoseconds);
    /// The terminal says how large it is. It is asked once, when the map comes; answers that nobody
    /// has asked for are ignored.
    void resize(std::size_t rows, std::size_t columns);
    /// The rows that the map has; 0 where there is none.
    [[nodiscard]] std::size_t height() const { return height_; }

private:
    // A terminal that does not answer is taken for a VT100.
    static constexpr std::size_t default_rows = 24;
    static constexpr std::size_t default_columns = 80;

    /// How the map fits: characters a row, bytes a character, rows.
    struct Shape {
        std::size_t width;
        std::size_t bytes_each;
        std::size_t map_rows;
    };
    [[nodiscard]] Shape shape() const;
    void take_rows(std::size_t height);
    void draw();

    Output& out_;
    const mm::Heap& heap_;
    std::size_t rows_ = default_rows;
    std::size_t columns_ = default_columns;
    std::size_t height_ = 0;
    bool awaits_size_ = false;
    std::uint64_t drawn_at_ = 0;
};

}  // namespace heap44::shell
