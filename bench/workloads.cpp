// SPDX-License-Identifier: MIT
#include "workloads.hpp"

#include <algorithm>
#include <ranges>

namespace heap44::bench {

namespace {

bool allocate(const Subject& subject, Slot& slot, std::size_t size) {
    slot = {subject.allocate(size, 8), static_cast<std::uint32_t>(size)};
    if (slot.block == nullptr) return false;
    *slot.block = std::byte{1};
    return true;
}

void deallocate(const Subject& subject, Slot& slot) {
    if (slot.block != nullptr) subject.deallocate(slot.block, slot.size, 8);
    slot.block = nullptr;
}

}  // namespace

RandomReplacement::RandomReplacement(std::size_t live, std::size_t largest)
    : largest_(largest), slots_(live), steps_(std::max<std::size_t>(20'000, 2 * live)) {}

bool RandomReplacement::setup(const Subject& subject) {
    return std::ranges::all_of(
        slots_, [&](Slot& slot) { return allocate(subject, slot, 1 + random_.below(largest_)); });
}

void RandomReplacement::draw() {
    for (Step& step : steps_) {
        step.slot = static_cast<std::uint32_t>(random_.below(slots_.size()));
        step.size = static_cast<std::uint32_t>(1 + random_.below(largest_));
    }
}

bool RandomReplacement::run(const Subject& subject) {
    for (const Step step : steps_) {
        Slot& slot = slots_[step.slot];
        subject.deallocate(slot.block, slot.size, 8);
        if (!allocate(subject, slot, step.size)) return false;
    }
    return true;
}

void RandomReplacement::teardown(const Subject& subject) {
    for (Slot& slot : slots_) deallocate(subject, slot);
}

ManyHoles::ManyHoles(std::size_t holes, Sizes sizes) : holes_(holes), sizes_(sizes) {}

bool ManyHoles::setup(const Subject& subject) {
    std::vector<std::byte*> freed;
    for (std::size_t count = 0; count < holes_; ++count) {
        freed.push_back(subject.allocate(sizes_.hole, 8));
        kept_.push_back(subject.allocate(sizes_.between, 8));
        if (freed.back() == nullptr || kept_.back() == nullptr) return false;
    }
    if (sizes_.last_hole != 0) {
        freed.push_back(subject.allocate(sizes_.last_hole, 8));
        kept_.push_back(subject.allocate(sizes_.between, 8));
        if (freed.back() == nullptr || kept_.back() == nullptr) return false;
        subject.deallocate(freed.back(), sizes_.last_hole, 8);
        freed.pop_back();
    }
    // From the last to the first: a list is then entered at its head.
    for (std::byte* block : std::views::reverse(freed)) subject.deallocate(block, sizes_.hole, 8);
    return true;
}

bool ManyHoles::run(const Subject& subject) {
    for (std::size_t round = 0; round < rounds; ++round) {
        std::byte* block = subject.allocate(sizes_.request, sizes_.align);
        if (block == nullptr) return false;
        *block = std::byte{1};
        subject.deallocate(block, sizes_.request, sizes_.align);
    }
    return true;
}

void ManyHoles::teardown(const Subject& subject) {
    for (std::byte* block : kept_) {
        if (block != nullptr) subject.deallocate(block, sizes_.between, 8);
    }
    kept_.clear();
}

LastInFirstOut::LastInFirstOut(std::size_t depth) : slots_(depth) {
    Random random(77);
    for (Slot& slot : slots_) slot.size = static_cast<std::uint32_t>(1 + random.below(256));
}

bool LastInFirstOut::run(const Subject& subject) {
    for (std::size_t round = 0; round < rounds; ++round) {
        for (Slot& slot : slots_) {
            if (!allocate(subject, slot, slot.size)) return false;
        }
        for (Slot& slot : std::views::reverse(slots_)) deallocate(subject, slot);
    }
    return true;
}

}  // namespace heap44::bench
