// SPDX-License-Identifier: MIT
// What tells two states of the same bytes apart, in few bytes, kept in a ring.
//
// Of two pages only the bytes that differ are kept, each as the exclusive or of both sides. So it
// does not matter which side one has: a ^ (a ^ b) is b, and b ^ (a ^ b) is a.
//
//     before   41 41 41 41 00 00 00 00
//     after    41 41 ff 41 00 07 00 00
//     kept           be 00 00 07          one run: place 2, length 4
//
// Cost: one pass over both pages, a word at a time where they are equal.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>

namespace heap44::mm {

/// Bytes in the order in which they came. Positions count all that were ever written; the newest
/// bytes take the place of the oldest, and the owner knows which of them still count.
class ByteRing {
public:
    using Position = std::uint64_t;

    explicit ByteRing(std::span<std::byte> memory) : bytes_(memory) {}

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] Position end() const { return end_; }
    /// What was written from `end` on is to be written over.
    void cut(Position end) {
        end_ = end;
        index_ = end % bytes_.size();
    }
    void put(std::uint8_t byte) {
        // The index goes round by a comparison: a division for each byte would be slower.
        bytes_[index_] = std::byte{byte};
        if (++index_ == bytes_.size()) index_ = 0;
        ++end_;
    }

    /// Reads on from a position. The owner sees to it that it still counts.
    class Reader {
    public:
        Reader(const ByteRing& ring, Position position)
            : bytes_(ring.bytes_), position_(position), index_(position % bytes_.size()) {}
        [[nodiscard]] Position position() const { return position_; }
        std::uint8_t get() {
            const auto byte = std::to_integer<std::uint8_t>(bytes_[index_]);
            if (++index_ == bytes_.size()) index_ = 0;
            ++position_;
            return byte;
        }

    private:
        std::span<const std::byte> bytes_;
        Position position_;
        std::size_t index_;
    };

private:
    std::span<std::byte> bytes_;
    Position end_ = 0;
    std::size_t index_ = 0;
};

/// The places where two spans of one size differ: calls `visit(begin, end)` for each run. A run
/// costs two bytes or more for its place and its length, so up to `gap` equal bytes between two
/// differences are told along with them, and both are one run.
void for_each_difference(std::span<const std::byte> left, std::span<const std::byte> right,
                         auto&& visit) {
    constexpr std::size_t gap = 3;
    constexpr std::size_t word = sizeof(std::uint64_t);
    const auto same_word = [&](std::size_t at) {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        // Not std::memcpy: in freestanding code that is a call.
        __builtin_memcpy(&a, left.data() + at, word);
        __builtin_memcpy(&b, right.data() + at, word);
        return a == b;
    };
    for (std::size_t at = 0; at < left.size();) {
        // Equal bytes are passed in words, where a whole word is equal; nearly all are.
        if (at + word <= left.size() && same_word(at)) {
            at += word;
        } else if (left[at] == right[at]) {
            ++at;
        } else {
            // The run ends where the next difference would be too far away.
            std::size_t end = at + 1;
            for (std::size_t next = end; next < left.size() && next <= end + gap; ++next) {
                if (left[next] != right[next]) end = next + 1;
            }
            visit(at, end);
            at = end;
        }
    }
}

/// Makes `to` the same as `from`. Writes only where something is to be changed: a page that is not
/// written to need not be looked at later.
inline void copy_differences(std::span<const std::byte> from, std::span<std::byte> to) {
    for_each_difference(from, to, [&](std::size_t begin, std::size_t end) {
        std::memcpy(to.data() + begin, from.data() + begin, end - begin);
    });
}

/// How the bytes of a page differ, an exclusive or each; and what of that is news. The ledger's
/// records lie side by side and often change alike (the heap is emptied, say). Told a byte at a
/// time that would fill the ring, so a byte may be news only where it differs in another way than
/// the byte that lies `period` before:
///
///     record       1      2      3        `period` bytes each
///     differs     d e    d e    d f
///     news        d e    0 0    0 e^f     only this is written down
///
/// Elsewhere a byte is news where it differs at all. Each page is told in the way that takes less.
template <std::size_t page_size, std::size_t period>
class Differences {
public:
    /// Of two spans of one size, a page at most.
    Differences(std::span<const std::byte> left, std::span<const std::byte> right)
        : size_(left.size()) {
        // Both ways are tried, and `is_periodic_` stays as the shorter one wants it.
        std::ranges::transform(left, right, page_.begin() + period, std::bit_xor());
        const std::size_t plainly = cost();
        is_periodic_ = true;
        is_periodic_ = cost() < plainly;
    }
    /// None yet, of so many bytes: all news is to be put, then spread.
    Differences(std::size_t size, bool is_periodic) : size_(size), is_periodic_(is_periodic) {}

    [[nodiscard]] bool is_periodic() const { return is_periodic_; }
    [[nodiscard]] std::byte operator[](std::size_t at) const { return page_[period + at]; }
    /// Calls `visit(begin, end)` for each run of bytes that differ, with a few between them that
    /// may not.
    void for_each(auto&& visit) const {
        for_each_difference(all(), std::span(nothing_).first(size_), visit);
    }

    [[nodiscard]] std::byte news(std::size_t at) const { return (*this)[at] ^ expected()[at]; }
    /// Calls `visit(begin, end)` for each run of news.
    void for_each_news(auto&& visit) const { for_each_difference(all(), expected(), visit); }

    void put_news(std::size_t at, std::byte news) { page_[period + at] = news; }
    void spread_news() {
        if (!is_periodic_) return;
        // From the front, so that the byte that lies a period before is spread already.
        for (std::byte& each : std::span(page_).subspan(2 * period)) each ^= *(&each - period);
    }

private:
    [[nodiscard]] std::span<const std::byte> all() const {
        return std::span(page_).subspan(period, size_);
    }
    [[nodiscard]] std::span<const std::byte> expected() const {
        return std::span(is_periodic_ ? page_.data() : nothing_.data(), size_);
    }
    /// About as many bytes as it takes: a run is told with its place and length.
    [[nodiscard]] std::size_t cost() const {
        std::size_t sum = 0;
        for_each_news([&](std::size_t begin, std::size_t end) { sum += end - begin + 2; });
        return sum;
    }

    static constexpr std::array<std::byte, page_size> nothing_{};
    std::size_t size_;
    bool is_periodic_ = false;
    // In front of the page lies a period in which nothing differs: its first records need no rule
    // of their own.
    std::array<std::byte, period + page_size> page_{};
};

/// A number in groups of seven bits, the lowest first; all but the last have the top bit set
/// (LEB128, as in DWARF). Places and lengths are mostly below 128: one byte.
void put_number(std::uint64_t number, auto&& put) {
    for (; number >= 0x80; number >>= 7) put(static_cast<std::uint8_t>(number | 0x80));
    put(static_cast<std::uint8_t>(number));
}

inline std::uint64_t get_number(ByteRing::Reader& reader) {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        const std::uint8_t group = reader.get();
        number |= std::uint64_t{group & 0x7fU} << shift;
        if (group < 0x80) return number;
    }
}

}  // namespace heap44::mm
