// SPDX-License-Identifier: MIT
// Hands out the frames of physical memory, 4 KiB each, and takes them back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "lib/address.hpp"
#include "mm/physical_ranges.hpp"

namespace heap44::mm {

/// What was wrong with a frame that was to be freed. Nothing has changed then.
enum class FrameError : std::uint8_t { misaligned, not_a_frame, already_free };

[[nodiscard]] std::string_view text(FrameError error);

/// Two bitmaps with a bit for each page of physical memory:
///
///     page          0 1 2 3 4 5 6 7 ...
///     managed_      0 0 1 1 1 1 0 1         is it memory that is handed out here at all?
///     available_    0 0 1 0 0 1 0 1         is it free now?
///
/// The second is always a part of the first. Two bits for 4,096 bytes: 32 KiB for 512 MiB.
/// Allocation takes the lowest free frame and remembers where it found it, so it hardly ever
/// searches.
class FrameAllocator {
public:
    /// The first MiB is never handed out: the BIOS, its data and the video memory are there, its
    /// tables are looked for there, and firmware writes into it whatever its map says. It also
    /// keeps frame 0 out of the way, which looks like "nothing" in every dump.
    static constexpr PhysAddr lowest{0x10'0000};

    /// Manages nothing.
    FrameAllocator() = default;
    /// Manages the whole pages of `usable` that nothing in `reserved` touches. The ranges may be
    /// unsorted, unaligned, overlapping, empty. `bitmap` belongs to the allocator from here on;
    /// where it is smaller than `bitmap_words` asks for, the highest frames are left out.
    FrameAllocator(std::span<const PhysicalRange> usable, std::span<const PhysicalRange> reserved,
                   std::span<std::uint64_t> bitmap);

    /// How many words of bitmap it takes to manage all of `usable`.
    [[nodiscard]] static std::size_t bitmap_words(std::span<const PhysicalRange> usable);

    /// The lowest free frame; its contents are whatever was there. Nothing when all are in use.
    [[nodiscard]] std::optional<PhysAddr> allocate();
    /// The first of `count` frames that lie one behind the other, at a multiple of `alignment`
    /// bytes. Nothing where no such run is free.
    [[nodiscard]] std::optional<PhysAddr> allocate_run(std::uint64_t count,
                                                       std::uint64_t alignment);
    [[nodiscard]] std::expected<void, FrameError> free(PhysAddr frame);

    [[nodiscard]] std::uint64_t total_count() const { return total_; }
    [[nodiscard]] std::uint64_t free_count() const { return free_; }
    [[nodiscard]] std::uint64_t used_count() const { return total_ - free_; }

private:
    [[nodiscard]] bool is_free(std::uint64_t page) const;
    void add(PageRange pages);
    void withdraw(PageRange pages);

    /// A bit for each page from 0 up, in either: whether it is managed at all, whether it is free.
    std::span<std::uint64_t> managed_;
    std::span<std::uint64_t> available_;
    std::uint64_t total_ = 0;
    std::uint64_t free_ = 0;
    std::size_t hint_ = 0;  // no word below this one has a free frame
};

}  // namespace heap44::mm
