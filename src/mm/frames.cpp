// SPDX-License-Identifier: MIT
#include "mm/frames.hpp"

#include <algorithm>
#include <bit>

#include "lib/align.hpp"

namespace heap44::mm {

namespace {

constexpr std::uint64_t bits_per_word = 64;

/// The bits of word `index` that stand for pages of `pages`. The range reaches into the word.
std::uint64_t mask_of(std::size_t index, const PageRange& pages) {
    const std::uint64_t base = index * bits_per_word;
    const std::uint64_t first = std::max(pages.first, base) - base;
    const std::uint64_t end = std::min(pages.end, base + bits_per_word) - base;
    const std::uint64_t count = end - first;
    // A shift by the whole width of a word is undefined, so all ones are a case of their own.
    const std::uint64_t ones =
        count == bits_per_word ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return ones << first;
}

/// The part of `pages` that `words` words have bits for.
PageRange clip(const PageRange& pages, std::size_t words) {
    return {pages.first, std::min<std::uint64_t>(pages.end, words * bits_per_word)};
}

/// The word behind the last one that has bits for these pages.
constexpr std::size_t end_word(const PageRange& pages) {
    return static_cast<std::size_t>((pages.end + bits_per_word - 1) / bits_per_word);
}

}  // namespace

std::string_view text(FrameError error) {
    switch (error) {
        case FrameError::misaligned:
            return "not the start of a frame";
        case FrameError::not_a_frame:
            return "not a frame that is managed here";
        case FrameError::already_free:
            return "the frame is free already";
    }
    return "unknown";
}

FrameAllocator::FrameAllocator(std::span<const PhysicalRange> usable,
                               std::span<const PhysicalRange> reserved,
                               std::span<std::uint64_t> bitmap) {
    const std::size_t half = bitmap.size() / 2;
    managed_ = bitmap.first(half);
    available_ = bitmap.subspan(half, half);
    std::ranges::fill(bitmap, 0);  // it lies in memory that held anything
    for (const PhysicalRange& range : usable) add(pages_inside(range));
    withdraw({0, lowest.value / page_size});
    // After all that is usable: a firmware's map may name the same page both ways.
    for (const PhysicalRange& range : reserved) withdraw(pages_touched(range));
    std::ranges::copy(managed_, available_.begin());
    for (const std::uint64_t word : managed_) total_ += static_cast<unsigned>(std::popcount(word));
    free_ = total_;
}

std::size_t FrameAllocator::bitmap_words(std::span<const PhysicalRange> usable) {
    std::size_t words = 0;
    for (const PhysicalRange& range : usable) {
        const PageRange pages = pages_inside(range);
        if (pages.first < pages.end) words = std::max(words, end_word(pages));
    }
    return 2 * words;
}

std::optional<PhysAddr> FrameAllocator::allocate() {
    // The hint makes the search cheap: it only goes forward, until a frame below it is freed.
    while (hint_ < available_.size() && available_[hint_] == 0) ++hint_;
    if (hint_ == available_.size()) return std::nullopt;
    std::uint64_t& word = available_[hint_];
    const auto bit = static_cast<std::uint64_t>(std::countr_zero(word));
    word &= word - 1;  // clears the lowest bit that is set
    --free_;
    return PhysAddr{(hint_ * bits_per_word + bit) * page_size};
}

bool FrameAllocator::is_free(std::uint64_t page) const {
    return (available_[page / bits_per_word] >> (page % bits_per_word) & 1) != 0;
}

std::optional<PhysAddr> FrameAllocator::allocate_run(std::uint64_t count, std::uint64_t alignment) {
    const std::uint64_t limit = available_.size() * bits_per_word;
    const std::uint64_t step = std::max<std::uint64_t>(alignment / page_size, 1);
    // Counted in pages; the comparison with what is left cannot wrap around.
    for (std::uint64_t first = 0; count > 0 && count <= limit && first <= limit - count;) {
        // From the end: what is in the way there rules out most starts.
        std::uint64_t end = first + count;
        while (end > first && is_free(end - 1)) --end;
        if (end > first) {
            first = align_up(end, step);
            continue;
        }
        for (std::uint64_t page = first; page < first + count; ++page) {
            available_[page / bits_per_word] &= ~(std::uint64_t{1} << (page % bits_per_word));
        }
        free_ -= count;
        return PhysAddr{first * page_size};
    }
    return std::nullopt;
}

std::expected<void, FrameError> FrameAllocator::free(PhysAddr frame) {
    if (!is_aligned(frame.value, page_size)) return std::unexpected(FrameError::misaligned);
    // Both bitmaps are asked: a wrong free is told now, instead of a frame handed out twice later.
    const std::uint64_t page = frame.value / page_size;
    const std::size_t index = static_cast<std::size_t>(page / bits_per_word);
    const std::uint64_t bit = std::uint64_t{1} << (page % bits_per_word);
    if (index >= managed_.size() || (managed_[index] & bit) == 0) {
        return std::unexpected(FrameError::not_a_frame);
    }
    if ((available_[index] & bit) != 0) return std::unexpected(FrameError::already_free);
    available_[index] |= bit;
    ++free_;
    hint_ = std::min(hint_, index);
    return {};
}

void FrameAllocator::add(PageRange pages) {
    pages = clip(pages, managed_.size());
    if (pages.first >= pages.end) return;
    for (std::size_t i = pages.first / bits_per_word; i < end_word(pages); ++i) {
        managed_[i] |= mask_of(i, pages);
    }
}

void FrameAllocator::withdraw(PageRange pages) {
    pages = clip(pages, managed_.size());
    if (pages.first >= pages.end) return;
    for (std::size_t i = pages.first / bits_per_word; i < end_word(pages); ++i) {
        managed_[i] &= ~mask_of(i, pages);
    }
}

}  // namespace heap44::mm
