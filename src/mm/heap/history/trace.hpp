// SPDX-License-Identifier: MIT
// What happened on a heap, in order, for those who want to see it happen again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/address.hpp"
#include "mm/heap/heap_observer.hpp"
#include "mm/heap/history/trace_record.hpp"

namespace heap44::mm {

/// Keeps the first so many changes of a heap. What comes later is dropped and counted: a trace that
/// has lost its end can be done again as far as it goes, one that has lost its beginning cannot.
/// The records are in place, so tracing moves nothing in any heap.
class Trace final : public HeapObserver {
public:
    static constexpr std::size_t capacity = 8192;

    Trace() = default;
    /// A shell that a fault ended is made anew, its trace, too: the old one must not stay behind.
    ~Trace();
    Trace(const Trace&) = delete;
    Trace& operator=(const Trace&) = delete;

    /// Begins a new trace of this heap.
    void start(Heap& heap);
    /// Ends it; what is recorded stays.
    void stop();
    /// Ends it, and forgets what is recorded.
    void clear();
    void note(const HeapEvent& event) override;

    [[nodiscard]] bool is_on() const { return now_.heap != nullptr; }
    [[nodiscard]] std::span<const TraceRecord> records() const {
        return std::span(records_).subspan(now_.first, now_.count);
    }
    [[nodiscard]] std::uint64_t dropped() const { return now_.dropped; }
    /// What the heap was when the trace began, as a reset to it.
    [[nodiscard]] const TraceRecord& beginning() const { return now_.beginning; }
    /// So many blocks were live then.
    [[nodiscard]] std::size_t live_before() const { return now_.live_before; }
    /// Whether the heap was set back meanwhile, which nothing here can do again.
    [[nodiscard]] bool was_set_back() const { return now_.was_set_back; }

    /// A trace, all but its records.
    struct Recording {
        /// Its records: so many, from this one on.
        std::size_t first = 0;
        std::size_t count = 0;
        std::uint64_t dropped = 0;
        TraceRecord beginning{};
        std::size_t live_before = 0;
        // The number of the newest block when the numbers of this trace began.
        std::uint64_t base = 0;
        // The heap that it watches while it is on.
        Heap* heap = nullptr;
        bool was_set_back = false;
    };
    /// Leaves the trace as it is, and is one that is off and has recorded nothing. What is recorded
    /// from now on stands behind it, in the places that are left.
    [[nodiscard]] Recording set_aside();
    /// Forgets what was recorded since, and goes on with a trace that was set aside.
    void bring_back(const Recording& before);

    /// What doing it all again came to.
    struct Repetition {
        std::size_t done = 0;
        std::size_t elsewhere = 0;
        /// The first that came to another address, or could not be done, and where it came to.
        const TraceRecord* first_elsewhere = nullptr;
        VirtAddr found;
    };
    /// Does what is recorded again, on a heap that is emptied first. The trace itself stays as it
    /// is, and where it is on it goes on behind its last record.
    Repetition repeat(Heap& heap);

private:
    void watch(Heap& heap);
    void rename(const Block& block);
    void append(const TraceRecord& record);

    std::array<TraceRecord, capacity> records_;
    Recording now_;
};

}  // namespace heap44::mm
