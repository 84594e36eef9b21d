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

    [[nodiscard]] bool is_on() const { return heap_ != nullptr; }
    [[nodiscard]] std::span<const TraceRecord> records() const {
        return std::span(records_).first(count_);
    }
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
    /// What the heap was when the trace began, as a reset to it.
    [[nodiscard]] const TraceRecord& beginning() const { return beginning_; }
    /// So many blocks were live then.
    [[nodiscard]] std::size_t live_before() const { return live_before_; }
    /// Whether the heap was set back meanwhile, which nothing here can do again.
    [[nodiscard]] bool was_set_back() const { return was_set_back_; }

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
    std::size_t count_ = 0;
    std::uint64_t dropped_ = 0;
    TraceRecord beginning_{};
    std::size_t live_before_ = 0;
    // The number of the newest block when the numbers of this trace began.
    std::uint64_t base_ = 0;
    // The heap that it watches while it is on.
    Heap* heap_ = nullptr;
    bool was_set_back_ = false;
};

}  // namespace heap44::mm
