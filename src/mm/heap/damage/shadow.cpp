// SPDX-License-Identifier: MIT
#include "mm/heap/damage/shadow.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace heap44::mm {

namespace {

std::uint64_t number_in(std::span<const std::byte> bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data(), bytes.size());
    return number;
}

}  // namespace

Carver<std::byte, std::uint64_t, std::uint64_t> Shadow::memory_for(std::size_t region_size) {
    return {region_size, AddressSet::words_needed(region_size / cell),
            AddressSet::words_needed(region_size / granule)};
}

std::size_t Shadow::bytes_needed(std::size_t region_size) {
    return memory_for(region_size).bytes();
}

Shadow::Shadow(std::span<std::byte> memory, std::span<std::byte> region) : region_(region) {
    std::span<std::uint64_t> words;
    std::span<std::uint64_t> holes;
    std::tie(copy_, words, holes) = memory_for(region.size()).carve(memory);
    words_ = AddressSet(words, region.size() / cell);
    holes_ = AddressSet(holes, region.size() / granule);
}

// Only the copy changes; the heap is filled by `restore` when the new words are known.
void Shadow::forget(VirtAddr from, VirtAddr to) {
    const std::size_t begin = offset_of(from);
    const std::size_t end = offset_of(to);
    std::ranges::fill(copy_.subspan(begin, end - begin), pattern);
    const auto empty = [&](AddressSet& set, std::size_t unit) {
        for (auto next = set.first_from(begin / unit); next && *next * unit < end;
             next = set.first_from(*next + 1)) {
            set.erase(*next);
        }
    };
    empty(words_, cell);
    empty(holes_, granule);
}

// A hole that is known already has its words where they were: only their values are new. Unless
// what was forgotten began within its words, so that the last of them is none any more.
void Shadow::learn(const Hole& hole) {
    const std::size_t offset = offset_of(address_of(hole.address));
    const bool has_words = hole.front == 0 || words_.contains((offset + hole.front - 1) / cell);
    if (has_words && holes_.contains(offset / granule)) {
        std::memcpy(&copy_[offset], &region_[offset], hole.front);
    } else {
        holes_.insert(offset / granule);
        learn_bytes(offset, hole.front);
    }
    if (hole.back != 0) learn_bytes(offset + hole.size - hole.back, hole.back);
}

void Shadow::learn_bytes(std::size_t offset, std::size_t size) {
    for (std::size_t done = 0; done < size; done += cell) words_.insert((offset + done) / cell);
    std::memcpy(&copy_[offset], &region_[offset], size);
}

void Shadow::restore(VirtAddr from, VirtAddr to) {
    std::ranges::copy(copy_.subspan(offset_of(from), to - from), &region_[offset_of(from)]);
}

// Words of one hole come one behind the other, so a hole counts once.
std::size_t Shadow::restore_words() {
    std::size_t count = 0;
    std::optional<VirtAddr> last_hole;
    for (auto next = words_.first_from(0); next; next = words_.first_from(*next + 1)) {
        if (!is_broken(*next)) continue;
        std::memcpy(&region_[*next * cell], &copy_[*next * cell], cell);
        const auto hole = hole_up_to(address_at(*next * cell));
        if (hole != last_hole) ++count;
        last_hole = hole;
    }
    return count;
}

std::optional<VirtAddr> Shadow::find_broken_word(VirtAddr from, VirtAddr to) const {
    const std::size_t end = offset_of(to);
    for (auto next = words_.first_from(offset_of(from) / cell); next && *next * cell < end;) {
        // Words come side by side: the search is for the next ones.
        std::size_t number = *next;
        for (; number * cell < end && words_.contains(number); ++number) {
            if (is_broken(number)) return address_at(number * cell);
        }
        next = words_.first_from(number);
    }
    return std::nullopt;
}

bool Shadow::is_sound(VirtAddr address, std::size_t size) const {
    return std::memcmp(&region_[offset_of(address)], &copy_[offset_of(address)], size) == 0;
}

bool Shadow::is_broken(std::size_t number) const {
    return std::memcmp(&region_[number * cell], &copy_[number * cell], cell) != 0;
}

std::optional<AddressRange> Shadow::find_change(VirtAddr from, VirtAddr to) const {
    return find_close_changes(from, to, [this](VirtAddr first, VirtAddr limit) {
        return address_at(first_change(offset_of(first), offset_of(limit)));
    });
}

// Damage that was found from the middle is told as a whole: backwards as long as there is a changed
// byte near, then forwards.
AddressRange Shadow::widened(AddressRange change, VirtAddr from, VirtAddr to) const {
    for (VirtAddr near = change.first; near > from && change.first - near < apart;) {
        near = near - 1;
        const bool is_changed =
            first_change(offset_of(near), offset_of(near) + 1) == offset_of(near);
        if (is_changed) change.first = near;
    }
    change.last = find_change(change.first, to)->last;
    return change;
}

// Words of holes are left out: a wrong one is another finding.
std::size_t Shadow::first_change(std::size_t from, std::size_t to) const {
    std::size_t at = first_difference(from, to);
    while (at < to && words_.contains(at / cell)) {
        at = first_difference(std::min(to, (at / cell + 1) * cell), to);
    }
    return at;
}

// Goes chunk by chunk, for nearly always nothing differs, and byte by byte at the end.
std::size_t Shadow::first_difference(std::size_t from, std::size_t to) const {
    constexpr std::size_t chunk = 64;
    std::size_t at = from;
    while (at < to && to - at >= chunk && is_sound(address_at(at), chunk)) at += chunk;
    while (at < to && region_[at] == copy_[at]) ++at;
    return at;
}

std::optional<VirtAddr> Shadow::hole_up_to(VirtAddr address) const {
    const auto found = holes_.last_up_to(offset_of(address) / granule);
    return found ? std::optional(address_at(*found * granule)) : std::nullopt;
}

std::optional<VirtAddr> Shadow::hole_from(VirtAddr address) const {
    const auto found = holes_.first_from((offset_of(address) + granule - 1) / granule);
    return found ? std::optional(address_at(*found * granule)) : std::nullopt;
}

std::uint64_t Shadow::value(VirtAddr address, std::size_t size) const {
    return number_in(region_.subspan(offset_of(address), size));
}

std::uint64_t Shadow::true_value(VirtAddr address, std::size_t size) const {
    return number_in(copy_.subspan(offset_of(address), size));
}

}  // namespace heap44::mm
