// SPDX-License-Identifier: MIT
#include "shell/answer/search.hpp"

#include "lib/align.hpp"
#include "mm/heap/designs/linked_list.hpp"

namespace heap44::shell {

std::string_view judge_fit(const mm::Hole& hole, mm::Layout layout) {
    // A hole needs room for two words: its size and the next hole's address.
    constexpr std::size_t smallest_hole = 16;
    const std::size_t size = mm::LinkedList::block_size(layout);
    if (hole.size < size) return "too small";
    const std::uint64_t begin = address_of(hole.address).value;
    std::uint64_t start = begin;
    // What is skipped for the alignment stays behind as a hole, so it must be large enough for one.
    if (!is_aligned(begin, layout.align)) {
        start = checked_align_up(begin + smallest_hole, layout.align).value_or(begin + hole.size);
    }
    if (start - begin > hole.size - size) return "too small behind the padding for the alignment";
    // The same holds for what would be left at the end, unless nothing is.
    const std::size_t rest = hole.size - (start - begin) - size;
    if (rest != 0 && rest < smallest_hole) return "8 bytes would be left, too few for a hole";
    return {};
}

}  // namespace heap44::shell
