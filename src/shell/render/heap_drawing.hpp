// SPDX-License-Identifier: MIT
// `heapmap` as a drawing: rows of characters that each stand for as many bytes.
//
//     0x444444440000  [###--[#######################-[##....7...............................
//
// A character is a piece of as many bytes everywhere, so lengths on the screen are lengths in the
// heap. What people look for: where holes are and how large, what padding costs, what lies between.
#pragma once

#include <cstddef>

#include "lib/address.hpp"
#include "lib/text.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class HeapPicture;

enum class Colours : std::uint8_t { off, on };

/// The line above a map: where the heap lies, how many bytes a character and a row are.
void write_scale(Output& output, VirtAddr start, VirtAddr end, std::size_t width,
                 std::size_t bytes_each);

/// Draws nothing but rows, all of them: for the map that is pinned to the top. `width` characters a
/// row, `bytes_each` bytes a character. Characters stand reversed where the last command changed
/// something.
void draw_whole_heap(Output& output, const mm::Heap& heap, std::size_t width,
                     std::size_t bytes_each);

/// Draws the heap with `width` characters in a row. A character stands for 8 bytes or more: the
/// least for which the drawing, with equal rows left out, has no more than 16 rows.
/// With a legend, and with what the last command changed: marked below it, or reversed in colours.
void draw_heap(Output& output, const mm::Heap& heap, std::size_t width, Colours colours);

/// Draws the rows of a map that was kept; equal ones are left out.
void draw_picture(Output& output, const HeapPicture& picture, Colours colours);

}  // namespace heap44::shell
