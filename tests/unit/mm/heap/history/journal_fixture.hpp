// SPDX-License-Identifier: MIT
// A heap with a journal, and whole copies to compare it with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <gtest/gtest.h>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "all_pages.hpp"
#include "mm/heap/history/journal.hpp"
#include "region.hpp"

namespace heap44::mm {

/// All that undo has to bring back.
struct Whole {
    explicit Whole(const Heap& heap)
        : region(heap.region().begin(), heap.region().end()),
          records(heap.records().begin(), heap.records().end()),
          design(heap.design()),
          stats(heap.stats()),
          mark(heap.marked_number()),
          last(heap.ledger().last_number()) {}

    friend bool operator==(const Whole& left, const Whole& right) {
        return left.region == right.region && left.records == right.records &&
               left.design == right.design && left.mark == right.mark && left.last == right.last &&
               left.stats.live == right.stats.live && left.stats.free == right.stats.free &&
               left.stats.requested == right.stats.requested &&
               left.stats.allocations == right.stats.allocations &&
               left.stats.frees == right.stats.frees &&
               left.stats.failures == right.stats.failures &&
               left.stats.peak_used == right.stats.peak_used;
    }

    std::vector<std::byte> region;
    std::vector<std::byte> records;
    std::string_view design;
    HeapStats stats;
    std::uint64_t mark;
    std::uint64_t last;
};

class JournalTest : public ::testing::Test {
protected:
    static constexpr std::size_t heap_size = 16 * 1024;

    explicit JournalTest(std::size_t more = std::size_t{32} << 20) : heap_(heap_size) {
        const std::size_t size = Journal::least_memory(*heap_) + more;
        memory_ = test::aligned_bytes(size);
        std::fill_n(memory_.get(), size, std::byte{0xa5});  // real memory holds anything
        journal_.emplace(*heap_, std::span(memory_.get(), size), pages_);
    }

    const Block* alloc(std::size_t size) {
        const Block* block = heap_->allocate({.size = size}, 1);
        journal_->commit();
        return block;
    }
    std::byte& byte(std::size_t offset) { return heap_->region()[offset]; }

    test::TestHeap heap_;
    test::AllPages pages_;
    test::AlignedBytes memory_;
    std::optional<Journal> journal_;
};

class TightJournalTest : public JournalTest {
protected:
    TightJournalTest() : JournalTest(0) {}
};

}  // namespace heap44::mm
