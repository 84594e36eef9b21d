// SPDX-License-Identifier: MIT
#include "mm/heap/heap_memory.hpp"

#include <algorithm>

#include "mm/heap/checkpoint.hpp"
#include "mm/heap/damage/damage_detector.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

namespace {

/// How many bytes each part takes for a heap of this size in this arena.
struct Sizes {
    Sizes(Arena arena, std::size_t size)
        : metadata(metadata_bytes(arena, size)),
          ledger(Ledger::bytes_needed(size, HeapMemory::granule(arena))),
          detector(arena == Arena::region ? DamageDetector::bytes_needed(size) : 0),
          hole_map(HoleMap::bytes_needed(size, HeapMemory::granule(arena))),
          // Of a window, only a part of which is mapped, no copy is made.
          checkpoint(Checkpoint::bytes_needed(arena == Arena::region ? size : 0, metadata)) {}

    [[nodiscard]] std::size_t records() const { return metadata + ledger + detector; }

    std::size_t metadata;
    std::size_t ledger;
    std::size_t detector;
    std::size_t hole_map;
    std::size_t checkpoint;
};

/// The records of region and window share one piece of memory: only one of them is in use.
std::size_t records_room(std::size_t region_size, std::size_t window_size) {
    return std::max(Sizes(Arena::region, region_size).records(),
                    Sizes(Arena::window, window_size).records());
}

}  // namespace

std::size_t HeapMemory::bytes_needed(std::size_t region_size, std::size_t window_size) {
    const Sizes region(Arena::region, region_size);
    const Sizes window(Arena::window, window_size);
    return records_room(region_size, window_size) +
           std::max(region.hole_map + region.checkpoint, window.hole_map + window.checkpoint);
}

HeapMemory::HeapMemory(std::span<std::byte> memory, std::size_t region_size,
                       std::size_t window_size)
    : memory_(memory), region_size_(region_size), window_size_(window_size) {}

HeapMemory::Parts HeapMemory::parts(Arena arena) const {
    const Sizes sizes(arena, arena == Arena::region ? region_size_ : window_size_);
    const auto records = memory_.first(sizes.records());
    const auto behind = memory_.subspan(this->records().size());
    return {.metadata = records.first(sizes.metadata),
            .ledger = records.subspan(sizes.metadata, sizes.ledger),
            .detector = records.last(sizes.detector),
            .hole_map = behind.first(sizes.hole_map),
            .checkpoint = behind.subspan(sizes.hole_map)};
}

std::span<std::byte> HeapMemory::records() const {
    return memory_.first(records_room(region_size_, window_size_));
}

}  // namespace heap44::mm
