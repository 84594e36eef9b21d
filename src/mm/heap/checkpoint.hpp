// SPDX-License-Identifier: MIT
// A heap's memory as it was at one moment, so that what was tried can be undone without a trace.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "mm/heap/design_slot.hpp"

namespace heap44::mm {

/// Freeing what was just allocated is no way back in general: under next fit the search would go on
/// elsewhere, lists that are not sorted by address would be in another order, and a bump allocator
/// gives nothing back at all. Designs keep all their state in three places (the object, the region,
/// the metadata beside it), so a copy of these is exact for every design, down to each byte. Cost:
/// two copies of the region, one to make it and one to go back.
class Checkpoint {
public:
    [[nodiscard]] static std::size_t bytes_needed(std::size_t region_size,
                                                  std::size_t metadata_size) {
        return region_size + metadata_size;
    }

    /// `memory` holds `bytes_needed(region.size(), metadata.size())` bytes; it is free again when
    /// the checkpoint is given up.
    Checkpoint(const DesignSlot& design, std::span<std::byte> region, std::span<std::byte> metadata,
               std::span<std::byte> memory)
        : design_(design),
          region_(region),
          metadata_(metadata),
          saved_region_(memory.first(region.size())),
          saved_metadata_(memory.subspan(region.size(), metadata.size())) {
        std::ranges::copy(region_, saved_region_.begin());
        std::ranges::copy(metadata_, saved_metadata_.begin());
    }

    void restore(DesignSlot& design) const {
        design = design_;
        std::ranges::copy(saved_region_, region_.begin());
        std::ranges::copy(saved_metadata_, metadata_.begin());
    }

private:
    DesignSlot design_;
    std::span<std::byte> region_;
    std::span<std::byte> metadata_;
    std::span<std::byte> saved_region_;
    std::span<std::byte> saved_metadata_;
};

}  // namespace heap44::mm
