// SPDX-License-Identifier: MIT
// How a step is written into the journal's ring, and how it is read out of it again.
//
// A step is a sequence of runs. A run is a row of bytes that are news (see Differences):
//
//     place, length, news ...    place, length, news ...
//
// Region, records and window count as one row of bytes, in this order, and runs come from front to
// back. A place is told as the distance from the end of the run before, doubled, plus one if the
// page's news is periodic: so most places and lengths are one byte.
//
// Writer and reader agree on pages: news are told page by page, and spread again page by page.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "lib/align.hpp"
#include "mm/heap/damage/page_slack.hpp"
#include "mm/heap/history/journal.hpp"

namespace heap44::mm {

/// Writes one step. It compares the pages that may have changed with the copy, writes down what
/// differs, and makes the copy the same as the heap. The copy is brought up to date even where the
/// step does not fit: what is lost then is the way back, not the next step.
class Journal::Recorder final : public PageVisitor {
public:
    explicit Recorder(Journal& journal) : journal_(journal) {}

    void record_all() {
        // The order is that of the offsets: region, records, then the window by its runs
        // of mapped pages. What lies between those is gone.
        journal_.for_each_changed_page(*this);
        in_window_ = true;
        std::size_t next = 0;
        journal_.heap_.for_each_mapped([&](VirtAddr start, std::size_t pages) {
            record_gone(next, number_of(start));
            next = number_of(start) + pages;
            // The copy was given up, so what was written since the last time is not enough.
            if (journal_.is_lost_) {
                visit_every_page(start, pages * page_size, *this);
            } else {
                journal_.pages_.for_each_changed_page(start, pages * page_size, *this);
            }
        });
        record_gone(next, journal_.window_pages());
    }

    void visit(VirtAddr page) override {
        if (in_window_) {
            std::array<std::byte, page_size> now;
            std::memcpy(now.data(), reinterpret_cast<const std::byte*>(page.value), now.size());
            flip_slack(journal_.heap_.ledger(), page, now);
            record_page(number_of(page), now);
        } else {
            const Compared found = journal_.compare(page);
            if (!are_equal(found.now, found.was)) record(found.offset, found.now, found.was);
        }
    }

    [[nodiscard]] bool found_any() const { return found_any_; }
    [[nodiscard]] ByteRing::Position begin() const { return begin_; }
    /// Whether all of it could be written down.
    [[nodiscard]] bool complete() const { return complete_; }
    /// Whether there was no room to keep a page of the window.
    [[nodiscard]] bool is_lost() const { return is_lost_; }

private:
    /// Most pages are, where it is not known which were written to.
    static bool are_equal(std::span<const std::byte> now, std::span<const std::byte> was) {
        return std::memcmp(now.data(), was.data(), now.size()) == 0;
    }

    [[nodiscard]] std::size_t number_of(VirtAddr page) const {
        return (page - journal_.heap_.window()->start) / page_size;
    }

    /// Pages that are mapped no more hold zeros. Only those that the copy keeps can have changed.
    void record_gone(std::size_t from, std::size_t to) {
        for (std::size_t page = from; page < to && journal_.window_.kept_count() != 0; ++page) {
            if (journal_.window_.is_kept(page)) record_page(page, PageCopies::zeros);
        }
    }

    /// A page of the window. The copy gets room for it here, if it has none yet.
    void record_page(std::size_t page, std::span<const std::byte> now) {
        if (are_equal(now, journal_.window_[page])) return;
        std::byte* copy = journal_.window_.writable(page);
        if (copy == nullptr) {
            is_lost_ = true;
            return;
        }
        record(journal_.committed_.size() + page * page_size, now, {copy, page_size});
    }

    /// One page: its news go into the ring, and its copy becomes what the page is now.
    void record(std::size_t offset, std::span<const std::byte> now, std::span<std::byte> was) {
        const PageDifferences differences(now, was);
        differences.for_each_news([&](std::size_t begin, std::size_t end) {
            // The first byte goes where the undone steps lie: from here on they are gone.
            if (!found_any_) journal_.give_up_redo();
            found_any_ = true;
            put_count(2 * (offset + begin - behind_) + (differences.is_periodic() ? 1 : 0));
            put_count(end - begin);
            for (std::size_t at = begin; at < end; ++at) {
                put(std::to_integer<std::uint8_t>(differences.news(at)));
            }
            behind_ = offset + end;
        });
        std::ranges::copy(now, was.begin());
    }

    void put_count(std::uint64_t count) {
        put_number(count, [this](std::uint8_t byte) { put(byte); });
    }
    /// A step for which even an empty ring is too small is given up, and none of it counts.
    void put(std::uint8_t byte) {
        complete_ = complete_ && journal_.make_room(begin_);
        if (complete_) journal_.ring_.put(byte);
    }

    Journal& journal_;
    ByteRing::Position begin_ = journal_.next_begin();
    std::size_t behind_ = 0;
    bool in_window_ = false;
    bool found_any_ = false;
    bool complete_ = true;
    bool is_lost_ = false;
};

/// The page in which an offset lies, as the recorder saw it: pages count from the start of the
/// region, of the records, and of the window. The last page of each may be shorter.
inline Journal::Part Journal::part_at(std::size_t offset) const {
    const auto page_from = [&](std::size_t start) {
        return start + align_down(offset - start, page_size);
    };
    if (offset >= committed_.size()) return {page_from(committed_.size()), page_size};
    const std::size_t records = bytes_before_records();
    const std::size_t begin = page_from(offset < records ? 0 : records);
    return {begin, std::min<std::size_t>(page_size, live_from(begin).size())};
}

/// Reads a step and applies it. The exclusive or leads from either side to the other, so there is
/// one function for both ways. News are gathered until the next run lies in another page; then they
/// are spread into differences, and the differences are applied.
bool Journal::flip(const Step& step, std::span<std::byte> bytes, PageCopies& window,
                   auto&& flip_live) const {
    // There is no page at first: its size is 0, and flipping it does nothing.
    Part part{};
    PageDifferences differences(0, false);
    const auto flip_part = [&] {
        differences.spread_news();
        const bool is_in_window = part.begin >= bytes.size();
        std::byte* page = is_in_window ? window.writable((part.begin - bytes.size()) / page_size)
                                       : bytes.data() + part.begin;
        if (page == nullptr) return false;
        differences.for_each([&](std::size_t begin, std::size_t end) {
            for (std::size_t at = begin; at < end; ++at) {
                page[at] ^= differences[at];
                if (!is_in_window) flip_live(part.begin + at, differences[at]);
            }
        });
        return true;
    };
    std::size_t offset = 0;
    for (ByteRing::Reader reader(ring_, step.begin); reader.position() != step.end;) {
        const std::uint64_t number = get_number(reader);
        offset += number / 2;
        if (offset >= part.begin + part.size) {
            if (!flip_part()) return false;
            part = part_at(offset);
            differences = PageDifferences(part.size, number % 2 != 0);
        }
        for (std::size_t left = get_number(reader); left > 0; --left, ++offset) {
            differences.put_news(offset - part.begin, std::byte{reader.get()});
        }
    }
    if (!flip_part()) return false;
    window.drop_zeros();
    return true;
}

}  // namespace heap44::mm
