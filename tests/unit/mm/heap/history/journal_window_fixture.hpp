// SPDX-License-Identifier: MIT
// A journal under guard-page, for tests: its heap, its memory, and the whole state to compare.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "all_pages.hpp"
#include "mm/heap/history/journal.hpp"
#include "window_heap.hpp"

namespace heap44::mm {

class JournalWindowTest : public ::testing::Test {
protected:
    /// The records, and each mapped page with its bytes.
    struct Whole {
        explicit Whole(const Heap& heap)
            : records(heap.records().begin(), heap.records().end()), design(heap.design()) {
            heap.for_each_mapped([&](VirtAddr start, std::size_t count) {
                const auto* bytes = reinterpret_cast<const std::byte*>(start.value);
                pages[start.value] = std::vector<std::byte>(bytes, bytes + count * page_size);
            });
        }
        friend bool operator==(const Whole&, const Whole&) = default;

        std::vector<std::byte> records;
        std::string_view design;
        std::map<std::uint64_t, std::vector<std::byte>> pages;
    };

    explicit JournalWindowTest(std::size_t window_pages = 64,
                               std::size_t more = std::size_t{16} << 20)
        : heap_(window_pages) {
        const std::size_t size = Journal::least_memory(*heap_) + more;
        memory_ = test::aligned_bytes(size);
        std::fill_n(memory_.get(), size, std::byte{0xa5});  // real memory holds anything
        journal_.emplace(*heap_, std::span(memory_.get(), size), pages_);
    }

    /// A block full of `value`.
    VirtAddr alloc(std::size_t size, std::uint8_t value) {
        const Block* block = heap_->allocate({size, 8}, 1);
        if (block == nullptr) throw std::runtime_error("no block");
        fill(block->address, size, value);
        journal_->commit();
        return block->address;
    }
    static void fill(VirtAddr start, std::size_t size, std::uint8_t value) {
        std::fill_n(reinterpret_cast<std::byte*>(start.value), size, std::byte{value});
    }
    void free(std::uint64_t number) {
        heap_.free(number);
        journal_->commit();
    }

    test::WindowHeap heap_;
    test::AllPages pages_;
    test::AlignedBytes memory_;
    std::optional<Journal> journal_;
};

}  // namespace heap44::mm
