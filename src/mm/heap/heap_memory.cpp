// SPDX-License-Identifier: MIT
#include "mm/heap/heap_memory.hpp"

#include <algorithm>

#include "lib/carver.hpp"
#include "mm/heap/checkpoint.hpp"
#include "mm/heap/damage/damage_detector.hpp"
#include "mm/heap/ledger/ledger.hpp"

namespace heap44::mm {

namespace {

/// What changes when blocks come and go: metadata, ledger, detector. `size` is that of the arena.
Carver<std::byte, std::byte, std::byte> records_of(Arena arena, std::size_t size) {
    return {metadata_bytes(arena, size), Ledger::bytes_needed(size, HeapMemory::granule(arena)),
            arena == Arena::region ? DamageDetector::bytes_needed(size) : 0};
}

/// Hole map and checkpoint. Of a window, only a part of which is mapped, no copy is made.
Carver<std::byte, std::byte> scratch_of(Arena arena, std::size_t size) {
    const std::size_t copied = arena == Arena::region ? size : 0;
    return {HoleMap::bytes_needed(size, HeapMemory::granule(arena)),
            Checkpoint::bytes_needed(copied, metadata_bytes(arena, size))};
}

/// The records of region and window share one piece of memory: only one of them is in use.
std::size_t records_room(std::size_t region_size, std::size_t window_size) {
    return std::max(records_of(Arena::region, region_size).bytes(),
                    records_of(Arena::window, window_size).bytes());
}

}  // namespace

std::size_t HeapMemory::bytes_needed(std::size_t region_size, std::size_t window_size) {
    return records_room(region_size, window_size) +
           std::max(scratch_of(Arena::region, region_size).bytes(),
                    scratch_of(Arena::window, window_size).bytes());
}

HeapMemory::HeapMemory(std::span<std::byte> memory, std::size_t region_size,
                       std::size_t window_size)
    : memory_(memory), region_size_(region_size), window_size_(window_size) {}

HeapMemory::Parts HeapMemory::parts(Arena arena) const {
    const std::size_t size = arena == Arena::region ? region_size_ : window_size_;
    std::span<std::byte> front = records();
    std::span<std::byte> behind = memory_.subspan(front.size());
    const auto [metadata, ledger, detector] = records_of(arena, size).carve(front);
    const auto [hole_map, checkpoint] = scratch_of(arena, size).carve(behind);
    return {.metadata = metadata,
            .ledger = ledger,
            .detector = detector,
            .hole_map = hole_map,
            .checkpoint = checkpoint};
}

std::span<std::byte> HeapMemory::records() const {
    return memory_.first(records_room(region_size_, window_size_));
}

}  // namespace heap44::mm
