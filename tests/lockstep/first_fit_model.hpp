// SPDX-License-Identifier: MIT
// First fit as naively as it can be written down, from the rules in tests/golden/README.md alone:
// what both real designs are compared with.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace heap44::test {

class FirstFitModel {
public:
    FirstFitModel(std::uint64_t start, std::uint64_t size) {
        const std::uint64_t begin = (start + 7) / 8 * 8;
        const std::uint64_t end = (start + size) / 8 * 8;
        if (end >= begin + 16) holes_[begin] = end - begin;
    }

    /// The block's address, or nothing.
    std::optional<std::uint64_t> allocate(std::uint64_t size, std::uint64_t align) {
        if (size > largest) return std::nullopt;
        for (const auto [hole, room] : holes_) {
            const auto block = start_in(hole, room, taken(size), align);
            if (!block) continue;
            holes_.erase(hole);
            keep(hole, *block - hole);
            keep(*block + taken(size), hole + room - *block - taken(size));
            return block;
        }
        return std::nullopt;
    }

    void deallocate(std::uint64_t block, std::uint64_t size) {
        std::uint64_t end = block + taken(size);
        if (const auto behind = holes_.find(end); behind != holes_.end()) {
            end += behind->second;
            holes_.erase(behind);
        }
        for (auto& [hole, room] : holes_) {
            if (hole + room != block) continue;
            room = end - hole;
            return;
        }
        holes_[block] = end - block;
    }

    /// Whether the block could be resized where it is.
    bool resize(std::uint64_t block, std::uint64_t size, std::uint64_t new_size) {
        if (new_size > largest) return false;
        std::uint64_t end = block + taken(size);
        const auto behind = holes_.find(end);
        if (behind != holes_.end()) end += behind->second;
        const std::uint64_t new_end = block + taken(new_size);
        if (new_end > end || end - new_end == 8) return false;
        if (behind != holes_.end()) holes_.erase(behind);
        keep(new_end, end - new_end);
        return true;
    }

    [[nodiscard]] const std::map<std::uint64_t, std::uint64_t>& holes() const { return holes_; }

private:
    static constexpr std::uint64_t largest = std::uint64_t{1} << 62;

    static std::uint64_t taken(std::uint64_t size) {
        return (std::max(size, std::uint64_t{16}) + 7) / 8 * 8;
    }

    static std::optional<std::uint64_t> start_in(std::uint64_t hole, std::uint64_t room,
                                                 std::uint64_t size, std::uint64_t align) {
        std::uint64_t block = hole;
        if (hole % align != 0) {
            if (align > largest) return std::nullopt;
            block = (hole + 16 + align - 1) / align * align;
        }
        const std::uint64_t end = hole + room;
        if (block > end || end - block < size || end - block - size == 8) return std::nullopt;
        return block;
    }

    void keep(std::uint64_t address, std::uint64_t size) {
        if (size != 0) holes_[address] = size;
    }

    std::map<std::uint64_t, std::uint64_t> holes_;
};

}  // namespace heap44::test
