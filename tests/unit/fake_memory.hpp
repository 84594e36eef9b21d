// SPDX-License-Identifier: MIT
// Physical memory and a processor for the tests of what maps pages: frames appear when touched,
// filled with junk as real ones are; flushes are noted.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "mm/page_table.hpp"

namespace heap44::mm {

class FakeMemory final : public PageAccess {
public:
    Words words(PhysAddr frame) override {
        const auto [place, is_new] = frames_.try_emplace(frame.value);
        if (is_new) place->second.fill(0xdead'beef'dead'beef);
        return Words(place->second);
    }
    void flush(VirtAddr page) override { flushed.push_back(page); }
    void flush_all() override { ++flushed_all; }

    std::vector<VirtAddr> flushed;
    int flushed_all = 0;

private:
    std::map<std::uint64_t, std::array<std::uint64_t, entries_per_table>> frames_;
};

/// `count` frames from 2 MiB up, a PML4 in the first of them, and a mapper for it.
struct FakeMachine {
    explicit FakeMachine(std::uint64_t count)
        : usable{PhysicalRange{{0x20'0000}, count * page_size}},
          bitmap(FrameAllocator::bitmap_words(usable)),
          frames(usable, {}, bitmap),
          mapper(new_root(), frames, memory) {}

    PhysAddr new_root() {
        const PhysAddr root = frames.allocate().value();
        for (std::uint64_t& word : memory.words(root)) word = 0;
        return root;
    }

    std::array<PhysicalRange, 1> usable;
    std::vector<std::uint64_t> bitmap;
    FrameAllocator frames;
    FakeMemory memory;
    Mapper mapper;
};

}  // namespace heap44::mm
