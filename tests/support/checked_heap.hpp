// SPDX-License-Identifier: MIT
// A design whose every answer is checked against a record of what is live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "subject.hpp"

namespace heap44::test {

enum class Fill : std::uint8_t { none, zero };

/// Whatever is wrong ends in a std::runtime_error that says what. Each live block is full of a
/// pattern of its own, which is checked whenever the block is freed or resized.
class CheckedHeap {
public:
    /// `subject` is fresh and outlives this.
    CheckedHeap(Subject& subject, Promises promises);

    /// The new block's place in `live()`, or the count of blocks if there was none to get.
    std::size_t allocate(mm::Layout layout, Fill fill = Fill::none);
    void deallocate(std::size_t index);
    /// Whether it could be resized.
    bool reallocate(std::size_t index, std::size_t new_size);
    void deallocate_all();

    [[nodiscard]] std::size_t live_count() const { return live_.size(); }
    [[nodiscard]] mm::Layout layout_of(std::size_t index) const { return live_[index].layout; }
    [[nodiscard]] std::byte* address_of(std::size_t index) const { return live_[index].address; }
    [[nodiscard]] std::size_t free_bytes() const;

    /// The laws that hold between any two operations.
    void check() const;

private:
    struct Live {
        std::byte* address;
        mm::Layout layout;
        std::uint8_t pattern;
    };
    struct Piece {
        std::byte* begin;
        std::size_t size;
        bool is_hole;
    };
    /// All that a request that fails must leave as it is.
    struct State {
        std::vector<std::byte> bytes;
        std::vector<mm::Hole> holes;
    };

    [[nodiscard]] State state() const;
    void check_unchanged(const State& before) const;
    void check_block(const Live& block) const;
    [[nodiscard]] std::vector<Piece> check_holes() const;
    void check_pieces(std::vector<Piece> pieces) const;
    void check_sums() const;
    void fill_with_pattern(const Live& block) const;
    void check_pattern(const Live& block, std::size_t size) const;

    Subject& subject_;
    Promises promises_;
    std::vector<Live> live_;
    std::vector<mm::Hole> fresh_;
    std::size_t fresh_free_;
    std::uint8_t next_pattern_ = 1;
};

}  // namespace heap44::test
