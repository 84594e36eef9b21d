// SPDX-License-Identifier: MIT
// The map at the top of the terminal: pinned there, while everything else scrolls below it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"

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
    /// The terminal says how large it is, which it was asked when the map came.
    void resize(std::size_t rows, std::size_t columns);
    /// The rows that the map has; 0 where there is none.
    [[nodiscard]] std::size_t height() const { return height_; }

private:
    static constexpr std::size_t default_rows = 24;
    static constexpr std::size_t default_columns = 80;

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
