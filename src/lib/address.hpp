// SPDX-License-Identifier: MIT
// Addresses as types: a virtual and a physical address cannot be mixed up.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace heap44 {

/// An address in one address space (`Space` only tells the types apart). Sums and differences are
/// in bytes.
template <class Space>
struct Address {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(Address, Address) = default;
    friend constexpr Address operator+(Address address, std::uint64_t bytes) {
        return {address.value + bytes};
    }
    friend constexpr Address operator-(Address address, std::uint64_t bytes) {
        return {address.value - bytes};
    }
    friend constexpr std::uint64_t operator-(Address end, Address start) {
        return end.value - start.value;
    }
    constexpr Address& operator+=(std::uint64_t bytes) {
        value += bytes;
        return *this;
    }
};

// The two are different types, so a frame's address never goes where a pointer was meant.
using VirtAddr = Address<struct VirtualSpace>;
using PhysAddr = Address<struct PhysicalSpace>;

/// From a pointer to its address; the way back is a cast that shows.
[[nodiscard]] inline VirtAddr address_of(const volatile void* pointer) {
    return {reinterpret_cast<std::uint64_t>(pointer)};
}

inline constexpr std::uint64_t page_size = 4096;

}  // namespace heap44
