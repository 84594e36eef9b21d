// SPDX-License-Identifier: MIT
// The algorithm of the crate linked_list_allocator, transcribed step by step: the measure for our
// linked list, which must not be slower for being readable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace heap44::bench {

class PlainFirstFit {
public:
    PlainFirstFit() = default;
    explicit PlainFirstFit(std::span<std::byte> region) {
        first_.next = reinterpret_cast<Hole*>(region.data());
        *first_.next = {region.size(), nullptr};
    }

    std::byte* allocate(std::size_t size, std::size_t align) {
        const std::uintptr_t needed = rounded(size);
        Hole* previous = &first_;
        for (Hole* hole = previous->next; hole != nullptr; previous = hole, hole = hole->next) {
            const auto start = reinterpret_cast<std::uintptr_t>(hole);
            const std::uintptr_t end = start + hole->size;
            std::uintptr_t block = start;
            if (start % align != 0) block = (start + sizeof(Hole) + align - 1) & ~(align - 1);
            if (block + needed > end) continue;
            const std::uintptr_t back = end - block - needed;
            if (back != 0 && back < sizeof(Hole)) continue;
            unlink(*previous, *hole, block, needed, back);
            return reinterpret_cast<std::byte*>(block);
        }
        return nullptr;
    }

    void deallocate(std::byte* block, std::size_t size) {
        Hole* previous = &first_;
        while (previous->next != nullptr && reinterpret_cast<std::byte*>(previous->next) < block) {
            previous = previous->next;
        }
        auto* hole = reinterpret_cast<Hole*>(block);
        *hole = {rounded(size), previous->next};
        previous->next = hole;
        merge(*hole);
        if (previous != &first_) merge(*previous);
    }

private:
    struct Hole {
        std::size_t size;
        Hole* next;
    };

    static std::uintptr_t rounded(std::size_t size) {
        return ((size < sizeof(Hole) ? sizeof(Hole) : size) + 7) & ~std::size_t{7};
    }

    static void unlink(Hole& previous, Hole& hole, std::uintptr_t block, std::size_t needed,
                       std::size_t back) {
        const std::size_t front = block - reinterpret_cast<std::uintptr_t>(&hole);
        Hole* next = hole.next;
        if (back != 0) {
            auto* behind = reinterpret_cast<Hole*>(block + needed);
            *behind = {back, next};
            next = behind;
        }
        if (front != 0) {
            hole = {front, next};
        } else {
            previous.next = next;
        }
    }

    static void merge(Hole& hole) {
        Hole* next = hole.next;
        if (reinterpret_cast<std::byte*>(&hole) + hole.size != reinterpret_cast<std::byte*>(next)) {
            return;
        }
        hole = {hole.size + next->size, next->next};
    }

    Hole first_{0, nullptr};
};

}  // namespace heap44::bench
