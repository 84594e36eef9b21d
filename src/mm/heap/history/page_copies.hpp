// SPDX-License-Identifier: MIT
// Copies of a window's pages, of which most are not mapped or empty: only those that hold anything
// take memory.
//
//     page of the window    0   1   2   3   4   5  ...
//     slot                  -   2   -   1   -   -         - : not kept, so it holds zeros
//
//     store                 slot 1: page 3    slot 2: page 1    slot 3: free    ...
//
// A number of two bytes for each page of the window, and 4 KiB for each page that is kept. Several
// copies can share one store.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <ranges>
#include <span>

#include "lib/address.hpp"

namespace heap44::mm {

/// Memory for pages, given out and taken back one at a time. Slots that were never used are taken
/// in order; those that came back are a list through the slots themselves.
class PageStore {
public:
    using Slot = std::uint16_t;
    /// Slots count from 1, so that zero can say "no page".
    static constexpr Slot none = 0;

    /// `memory` is aligned to 8; all whole pages of it are free, as far as a slot can name them.
    explicit PageStore(std::span<std::byte> memory)
        : memory_(memory.first(
              std::min<std::size_t>(memory.size() / page_size, std::numeric_limits<Slot>::max()) *
              page_size)),
          free_count_(memory_.size() / page_size) {}

    [[nodiscard]] std::size_t size() const { return memory_.size(); }
    [[nodiscard]] std::size_t free_count() const { return free_count_; }

    /// A slot of zeros; `none` where all are taken.
    Slot take() {
        if (free_count_ == 0) return none;
        --free_count_;
        Slot slot = first_free_;
        if (slot == none) {
            slot = ++used_;
        } else {
            std::memcpy(&first_free_, page(slot), sizeof(Slot));
        }
        std::memset(page(slot), 0, page_size);
        return slot;
    }
    void give_back(Slot slot) {
        std::memcpy(page(slot), &first_free_, sizeof(Slot));
        first_free_ = slot;
        ++free_count_;
    }
    [[nodiscard]] std::byte* page(Slot slot) const {
        return &memory_[(slot - std::size_t{1}) * page_size];
    }

private:
    std::span<std::byte> memory_;
    std::size_t free_count_;
    // A free slot names the next one; those behind `used_` were never taken.
    Slot first_free_ = none;
    Slot used_ = 0;
};

/// One state of a window. A page that is not kept holds zeros; one that is kept holds anything.
class PageCopies {
public:
    static constexpr std::array<std::byte, page_size> zeros{};

    PageCopies() = default;
    /// A slot for each page of the window; no page is kept. What the slots hold does not matter.
    PageCopies(std::span<PageStore::Slot> slots, PageStore& store) : slots_(slots), store_(&store) {
        std::uninitialized_fill(slots_.begin(), slots_.end(), PageStore::none);
    }

    [[nodiscard]] bool is_kept(std::size_t page) const { return slots_[page] != PageStore::none; }
    [[nodiscard]] std::size_t kept_count() const { return kept_count_; }
    [[nodiscard]] std::span<const std::byte> operator[](std::size_t page) const {
        if (!is_kept(page)) return zeros;
        return {store_->page(slots_[page]), page_size};
    }
    /// The page to be written to; null where the store has no place for it.
    [[nodiscard]] std::byte* writable(std::size_t page) {
        if (!is_kept(page)) {
            const PageStore::Slot slot = store_->take();
            if (slot == PageStore::none) return nullptr;
            slots_[page] = slot;
            ++kept_count_;
        }
        return store_->page(slots_[page]);
    }

    /// Calls `visit(page)` for each page that is kept, by address.
    void for_each_kept(auto&& visit) const {
        for (std::size_t page = 0, left = kept_count_; left > 0; ++page) {
            if (!is_kept(page)) continue;
            --left;
            visit(page);
        }
    }
    /// Gives back the pages that hold only zeros. Blocks lie at the end of theirs, so what is there
    /// is found soonest from behind.
    void drop_zeros() {
        for_each_kept([this](std::size_t page) {
            const auto backwards = (*this)[page] | std::views::reverse;
            if (std::ranges::find_if(backwards, [](std::byte each) {
                    return each != std::byte{};
                }) == backwards.end()) {
                drop(page);
            }
        });
    }
    void clear() {
        for_each_kept([this](std::size_t page) { drop(page); });
    }
    /// Becomes the same as `from`. There must be room for what that keeps, once this is cleared.
    void assign(const PageCopies& from) {
        clear();
        from.for_each_kept(
            [&](std::size_t page) { std::memcpy(writable(page), from[page].data(), page_size); });
    }
    /// What this copy keeps now would be given back first, so it counts as room.
    [[nodiscard]] bool has_room_for(const PageCopies& other) const {
        return kept_count_ + store_->free_count() >= other.kept_count_;
    }

private:
    void drop(std::size_t page) {
        store_->give_back(slots_[page]);
        slots_[page] = PageStore::none;
        --kept_count_;
    }

    std::span<PageStore::Slot> slots_;
    PageStore* store_ = nullptr;
    std::size_t kept_count_ = 0;
};

}  // namespace heap44::mm
