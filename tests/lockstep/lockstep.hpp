// SPDX-License-Identifier: MIT
// The linked list, the indexed design and a naive model do the same things side by side, and are
// compared: every address, the holes, and each byte of the two heaps.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <format>
#include <memory>
#include <string>
#include <vector>

#include "first_fit_model.hpp"
#include "lib/address_plan.hpp"
#include "mapping.hpp"
#include "mm/heap/designs/indexed.hpp"
#include "mm/heap/designs/linked_list.hpp"
#include "random.hpp"

namespace heap44::test {

/// What kind of life a heap is led through.
struct Scenario {
    std::size_t heap_size;
    std::size_t largest_size = 256;
    /// Sizes are drawn evenly, or evenly among the powers of two.
    bool is_log_uniform = false;
    /// The heap fills up to about this many blocks.
    std::size_t live_blocks = 1000;
    unsigned percent_aligned = 0;
    unsigned percent_reallocated = 0;
    /// The region starts so many bytes behind a page's start.
    std::size_t shift = 0;
};

class Lockstep {
public:
    Lockstep(const Scenario& scenario, std::uint64_t seed)
        : scenario_(scenario),
          random_(seed),
          plain_memory_(heap_start.value, scenario.heap_size + scenario.shift),
          indexed_memory_(heap_start.value + distance, scenario.heap_size + scenario.shift),
          metadata_(metadata_size()),
          plain_(plain_region()),
          indexed_(indexed_region(), metadata()),
          model_(address_of(plain_region().data()).value, scenario.heap_size) {}

    /// The first difference in so many operations, in words; empty if there is none.
    [[nodiscard]] std::string run(std::size_t operations) {
        for (std::size_t done = 0; done < operations && failure_.empty(); ++done) {
            step();
            if (done % 512 == 0) compare_holes();
            if (done % 4096 == 0) compare_bytes();
        }
        while (!live_.empty() && failure_.empty()) deallocate(random_.below(live_.size()));
        compare_holes();
        compare_bytes();
        return failure_;
    }

    // --- single operations, for sequences that are not random ---

    /// The block's address in the plain heap, or null.
    std::byte* allocate(mm::Layout layout) {
        std::byte* plain = plain_.allocate(layout);
        std::byte* indexed = indexed_.allocate(layout);
        const auto model = model_.allocate(layout.size, layout.align);
        compare("allocate", layout, plain, indexed, model.value_or(0));
        if (plain != nullptr) {
            fill(plain, indexed, layout.size);
            live_.push_back({plain, layout});
        }
        return plain;
    }

    /// Frees the live block that stands at `index`; the last takes its place.
    void deallocate(std::size_t index) {
        const auto [block, layout] = live_[index];
        plain_.deallocate(block, layout);
        indexed_.deallocate(block + distance, layout);
        model_.deallocate(address_of(block).value, layout.size);
        live_[index] = live_.back();
        live_.pop_back();
    }

    std::byte* reallocate(std::size_t index, std::size_t new_size) {
        const auto [block, layout] = live_[index];
        std::byte* plain = plain_.reallocate(block, layout, new_size);
        std::byte* indexed = indexed_.reallocate(block + distance, layout, new_size);
        compare("reallocate", {new_size, layout.align}, plain, indexed,
                model_reallocate(address_of(block).value, layout, new_size));
        if (plain != nullptr) live_[index] = {plain, {new_size, layout.align}};
        return plain;
    }

    [[nodiscard]] std::size_t live() const { return live_.size(); }
    /// Where a live block stands for `deallocate` and `reallocate`.
    [[nodiscard]] std::size_t index_of(const std::byte* block) const {
        const auto found = std::ranges::find(live_, block, &Live::block);
        return static_cast<std::size_t>(found - live_.begin());
    }
    [[nodiscard]] const FirstFitModel& model() const { return model_; }

    std::string difference() {
        compare_holes();
        compare_bytes();
        return failure_;
    }
    /// The same without the bytes, for heaps that are very large.
    std::string hole_difference() {
        compare_holes();
        return failure_;
    }

private:
    struct Live {
        std::byte* block;
        mm::Layout layout;
    };

    // Both heaps stand alike in whatever an alignment asks for.
    static constexpr std::size_t distance = std::size_t{1} << 40;

    [[nodiscard]] std::size_t metadata_size() const {
        return mm::Indexed::metadata_bytes(scenario_.heap_size);
    }
    [[nodiscard]] std::span<std::byte> plain_region() const {
        return plain_memory_.bytes().subspan(scenario_.shift);
    }
    [[nodiscard]] std::span<std::byte> indexed_region() const {
        return indexed_memory_.bytes().subspan(scenario_.shift);
    }
    // Filled with what must not matter, and exactly as large as asked for.
    std::span<std::byte> metadata() {
        std::memset(metadata_.get(), 0xa5, metadata_size());
        return {metadata_.get(), metadata_size()};
    }

    void step() {
        const bool fewer = random_.below(2 * scenario_.live_blocks) < live_.size();
        if (!live_.empty() && random_.chance(scenario_.percent_reallocated)) {
            reallocate(random_.below(live_.size()), random_size());
        } else if (!live_.empty() && fewer) {
            deallocate(random_.below(live_.size()));
        } else {
            allocate({random_size(), random_align()});
        }
    }

    std::size_t random_size() {
        if (random_.below(10'000) == 0) return ~std::size_t{0} >> random_.below(64);
        if (!scenario_.is_log_uniform) return random_.below(scenario_.largest_size + 1);
        const auto bits = static_cast<std::size_t>(std::bit_width(scenario_.largest_size));
        return random_.below((std::size_t{1} << random_.below(bits)) + 1);
    }
    std::size_t random_align() {
        if (!random_.chance(scenario_.percent_aligned)) return 8;
        return std::size_t{1} << (random_.chance(2) ? random_.below(64) : random_.below(13));
    }

    std::uint64_t model_reallocate(std::uint64_t block, mm::Layout layout, std::size_t new_size) {
        if (model_.resize(block, layout.size, new_size)) return block;
        const auto moved = model_.allocate(new_size, layout.align);
        if (moved) model_.deallocate(block, layout.size);
        return moved.value_or(0);
    }

    void fill(std::byte* plain, std::byte* indexed, std::size_t size) {
        const auto pattern = static_cast<int>(random_.below(256));
        std::memset(plain, pattern, std::min<std::size_t>(size, 64));
        std::memset(indexed, pattern, std::min<std::size_t>(size, 64));
    }

    void compare(const char* what, mm::Layout layout, const std::byte* plain,
                 const std::byte* indexed, std::uint64_t model) {
        const std::uint64_t expected = address_of(plain).value;
        const std::uint64_t found = indexed == nullptr ? 0 : address_of(indexed).value - distance;
        if (expected == model && expected == found) return;
        failure_ = std::format("{} {} align {}: linked-list {:#x}, indexed {:#x}, model {:#x}",
                               what, layout.size, layout.align, expected, found, model);
    }

    void compare_holes() {
        compare_holes_of(plain_, 0);
        compare_holes_of(indexed_, distance);
    }

    void compare_holes_of(const auto& design, std::size_t shift) {
        auto expected = model_.holes().begin();
        const auto end = model_.holes().end();
        design.for_each_hole([&](const mm::Hole& hole) {
            const std::uint64_t address = address_of(hole.address).value - shift;
            if (expected != end && expected->first == address && expected->second == hole.size) {
                ++expected;
                return true;
            }
            failure_ = std::format("{}: hole {:#x} of {} bytes", design.name, address, hole.size);
            return false;
        });
        if (failure_.empty() && expected != end) {
            failure_ = std::format("{}: no hole {:#x}", design.name, expected->first);
        }
    }

    /// Each word is the same, or an address in the one heap and its counterpart in the other.
    void compare_bytes() {
        const std::size_t words = plain_memory_.bytes().size() / sizeof(std::uint64_t);
        const auto* plain = reinterpret_cast<const std::uint64_t*>(plain_memory_.bytes().data());
        const auto* indexed =
            reinterpret_cast<const std::uint64_t*>(indexed_memory_.bytes().data());
        for (std::size_t word = 0; word < words; ++word) {
            if (plain[word] == indexed[word] || plain[word] + distance == indexed[word]) continue;
            failure_ = std::format("word {:#x}: linked-list {:#x}, indexed {:#x}", word * 8,
                                   plain[word], indexed[word]);
            return;
        }
    }

    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    struct Metadata : std::unique_ptr<std::byte, Free> {
        explicit Metadata(std::size_t size)
            : unique_ptr(static_cast<std::byte*>(std::aligned_alloc(64, size))) {}
    };

    Scenario scenario_;
    Random random_;
    Mapping plain_memory_;
    Mapping indexed_memory_;
    Metadata metadata_;
    mm::LinkedList plain_;
    mm::Indexed indexed_;
    FirstFitModel model_;
    std::vector<Live> live_;
    std::string failure_;
};

}  // namespace heap44::test
