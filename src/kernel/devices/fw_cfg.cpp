// SPDX-License-Identifier: MIT
#include "kernel/devices/fw_cfg.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernel/x86_64/port.hpp"

namespace heap44::kernel {

namespace {

// The 16-bit selector port, and the port that gives the selected item byte by byte.
constexpr std::uint16_t selector = 0x510;
constexpr std::uint16_t data = 0x511;
// Items with fixed numbers: "QEMU", and the directory of the named files.
constexpr std::uint16_t signature_key = 0x0000;
constexpr std::uint16_t directory_key = 0x0019;

// QEMU allows fewer; a directory that claims more is not one.
constexpr std::uint32_t most_files = 1024;
constexpr std::uint32_t most_bytes = 64 * 1024;

/// Each entry of the directory: size, key, two bytes of nothing, a name padded with zeros.
struct File {
    std::uint32_t size = 0;
    std::uint16_t key = 0;
    std::array<char, 56> name{};

    [[nodiscard]] bool is_called(std::string_view wanted) const {
        const auto end = std::ranges::find(name, '\0');
        return std::string_view(name.begin(), end) == wanted;
    }
};

/// Starts reading the item `key` from its beginning.
void select(std::uint16_t key) {
    port_out16(selector, key);
}

char next_byte() {
    return static_cast<char>(port_in8(data));
}

/// The device sends numbers with the highest byte first.
std::uint32_t next_number(int bytes) {
    std::uint32_t number = 0;
    for (int i = 0; i < bytes; ++i) number = (number << 8) | port_in8(data);
    return number;
}

File next_file() {
    File file;
    file.size = next_number(4);
    file.key = static_cast<std::uint16_t>(next_number(2));
    (void)next_number(2);
    std::ranges::generate(file.name, next_byte);
    return file;
}

/// On a machine without the device the port reads as all ones, and so not as "QEMU".
bool is_present() {
    select(signature_key);
    std::array<char, 4> signature;
    std::ranges::generate(signature, next_byte);
    return std::string_view(signature.data(), signature.size()) == "QEMU";
}

/// The directory is a count and then the entries; it is read up to the name.
std::optional<File> find(std::string_view name) {
    select(directory_key);
    const std::uint32_t count = std::min(next_number(4), most_files);
    for (std::uint32_t i = 0; i < count; ++i) {
        const File file = next_file();
        if (file.is_called(name)) return file;
    }
    return std::nullopt;
}

}  // namespace

bool read_fw_cfg_file(std::string_view name, Output& into) {
    if (!is_present()) return false;
    const std::optional<File> file = find(name);
    if (!file) return false;
    select(file->key);
    for (std::uint32_t i = 0; i < std::min(file->size, most_bytes); ++i) {
        const char byte = next_byte();
        into.write({&byte, 1});
    }
    return true;
}

}  // namespace heap44::kernel
