// SPDX-License-Identifier: MIT
// A queue of fixed size between one writer and one reader, of which either may be an interrupt.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <optional>

namespace heap44 {

/// Neither side takes a lock: the writer only moves `written_`, the reader only moves `read_`, and
/// both only ever grow (the difference is right across the wrap, for the capacity divides it).
///
///     items      . . c d e f . .         places are counters modulo the capacity
///                    ^       ^
///                  read_   written_      written_ - read_ items wait
///
/// An item is stored before `written_` says so (release), and whoever sees that (acquire) sees the
/// item.
template <class Item, std::size_t Capacity>
class RingBuffer {
    static_assert(std::has_single_bit(Capacity), "counters that wrap need a power of two");

public:
    [[nodiscard]] static constexpr std::size_t capacity() { return Capacity; }

    /// False when there is no room; the queue keeps what it has: the newest item is the one lost.
    [[nodiscard]] bool push(const Item& item) {
        const std::size_t written = written_.load(std::memory_order_relaxed);
        if (written - read_.load(std::memory_order_acquire) == Capacity) return false;
        items_[written % Capacity] = item;
        written_.store(written + 1, std::memory_order_release);
        return true;
    }

    [[nodiscard]] std::optional<Item> pop() {
        const std::size_t read = read_.load(std::memory_order_relaxed);
        if (read == written_.load(std::memory_order_acquire)) return std::nullopt;
        const Item item = items_[read % Capacity];
        read_.store(read + 1, std::memory_order_release);
        return item;
    }

    [[nodiscard]] std::size_t size() const {
        return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] bool full() const { return size() == Capacity; }

private:
    std::array<Item, Capacity> items_{};
    std::atomic<std::size_t> written_ = 0;
    std::atomic<std::size_t> read_ = 0;
};

}  // namespace heap44
