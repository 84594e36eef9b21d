// SPDX-License-Identifier: MIT
#include "mm/physical_ranges.hpp"

#include <algorithm>

#include "lib/align.hpp"

namespace heap44::mm {

namespace {

/// Where `range` ends, without running over the end of physical memory.
std::uint64_t end_of(const PhysicalRange& range) {
    const std::uint64_t start = std::min(range.start.value, physical_limit);
    return start + std::min(range.size, physical_limit - start);
}

PhysicalRange bytes_of(const PageRange& pages) {
    return {{pages.first * page_size}, (pages.end - pages.first) * page_size};
}

}  // namespace

/// Rounds inwards; empty where the range holds no whole page.
PageRange pages_inside(const PhysicalRange& range) {
    const std::uint64_t start = std::min(range.start.value, physical_limit);
    return {align_up(start, page_size) / page_size, end_of(range) / page_size};
}

/// Rounds outwards.
PageRange pages_touched(const PhysicalRange& range) {
    if (range.size == 0) return {0, 0};
    const std::uint64_t start = std::min(range.start.value, physical_limit);
    return {start / page_size, align_up(end_of(range), page_size) / page_size};
}

void PhysicalRanges::add(const PhysicalRange& range) {
    const PageRange pages = pages_inside(range);
    if (pages.first >= pages.end) return;
    std::uint64_t start = pages.first * page_size;
    std::uint64_t end = pages.end * page_size;
    std::size_t position = 0;
    // Ranges that end before this one begins stay as they are. One that ends exactly there is
    // touched, so it is merged.
    while (position < count_ && end_of(ranges_[position]) < start) ++position;
    // Swallow every range that this one overlaps or touches.
    while (position < count_ && ranges_[position].start.value <= end) {
        start = std::min(start, ranges_[position].start.value);
        end = std::max(end, end_of(ranges_[position]));
        erase(position);
    }
    insert(position, {{start}, end - start});
}

void PhysicalRanges::remove(const PhysicalRange& range) {
    const PageRange pages = pages_touched(range);
    if (pages.first >= pages.end) return;
    const PhysicalRange hole = bytes_of(pages);
    for (std::size_t i = 0; i < count_;) {
        const PhysicalRange whole = ranges_[i];
        const std::uint64_t end = end_of(whole);
        if (end <= hole.start.value || whole.start.value >= end_of(hole)) {
            ++i;
            continue;
        }
        // The range is cut: what lies before the hole and what lies behind it go back, if anything
        // does.
        erase(i);
        if (whole.start < hole.start) {
            insert(i++, {whole.start, hole.start - whole.start});
        }
        if (end > end_of(hole)) insert(i++, {{end_of(hole)}, end - end_of(hole)});
    }
}

void PhysicalRanges::insert(std::size_t position, const PhysicalRange& range) {
    if (count_ == capacity) return;  // forgotten: see the class
    std::shift_right(ranges_.begin() + static_cast<std::ptrdiff_t>(position),
                     ranges_.begin() + static_cast<std::ptrdiff_t>(count_ + 1), 1);
    ranges_[position] = range;
    ++count_;
}

void PhysicalRanges::erase(std::size_t position) {
    std::shift_left(ranges_.begin() + static_cast<std::ptrdiff_t>(position),
                    ranges_.begin() + static_cast<std::ptrdiff_t>(count_), 1);
    --count_;
}

}  // namespace heap44::mm
