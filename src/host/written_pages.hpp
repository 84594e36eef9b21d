// SPDX-License-Identifier: MIT
// Which pages of the heap's memory were written to, as Linux tells it: for the journal.
//
//     clean (read only) --- a write, which is a fault ---> written (writable)
//                       <---------- asked for -----------
//
// Idea: what was asked for is made read only. The first write to it arrives as a signal, which
// makes the page writable again and lets the instruction run once more.
//
// Invariant: a page that is writable counts as written.
//
// Cost: two system calls and a fault for each page between two questions, whose answer costs a byte
// for each page of the range.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/designs/parts/page_control.hpp"
#include "mm/heap/history/changed_pages.hpp"

namespace heap44::host {

/// The pages of guard-page's window come and go here, too, for what is not there is not written to.
class WrittenPages final : public mm::PageControl {
public:
    /// How the pages of a range are at first.
    enum class State : std::uint8_t { written, clean, unmapped };

    /// A range of whole pages becomes known; three can.
    void add(VirtAddr start, std::size_t size, State state);
    /// From here on faults come to `allow`. Until then every page counts as written.
    void faults_arrive() { is_on_ = true; }

    /// Visits the pages of a known range that were written to since they were visited last.
    void visit(VirtAddr start, std::uint64_t size, mm::PageVisitor& visitor);

    /// Lets the page be written to, if that is all that stands against it; else false. Runs in a
    /// signal handler.
    bool allow(VirtAddr address);
    /// Before Linux itself writes there: it would not ask.
    void allow_all(VirtAddr start, std::size_t size);

    bool map(VirtAddr start, std::size_t pages) override;
    void unmap(VirtAddr start, std::size_t pages) override;

private:
    struct Range {
        VirtAddr start;
        std::span<State> states;
    };
    /// The states of the pages from `start` on; none where no range holds it.
    [[nodiscard]] std::span<State> states_from(VirtAddr start);

    std::array<Range, 3> ranges_{};
    std::size_t count_ = 0;
    bool is_on_ = false;
};

[[nodiscard]] WrittenPages& written_pages();

}  // namespace heap44::host
