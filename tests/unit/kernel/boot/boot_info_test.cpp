// SPDX-License-Identifier: MIT
// What boot loaders say, well-formed and otherwise.
#include "kernel/boot/boot_info.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/boot/boot_protocols.hpp"

namespace heap44::kernel {
namespace {

/// A few pieces of physical memory with nothing in between; each is allocated to its exact size,
/// so that the sanitizer sees any byte read beyond.
class Pieces final : public PhysicalMemory {
public:
    void put(std::uint64_t address, const std::vector<std::byte>& bytes) {
        pieces_[address] = bytes;
        pieces_[address].shrink_to_fit();
    }
    [[nodiscard]] std::span<const std::byte> at(PhysAddr address, std::size_t size) const override {
        for (const auto& [start, bytes] : pieces_) {
            const std::uint64_t offset = address.value - start;
            if (address.value < start || offset > bytes.size()) continue;
            if (size <= bytes.size() - offset) return std::span(bytes).subspan(offset, size);
        }
        return {};
    }

private:
    std::map<std::uint64_t, std::vector<std::byte>> pieces_;
};

class Bytes {
public:
    template <class Value>
    Bytes& add(const Value& value) {
        const auto* start = reinterpret_cast<const std::byte*>(&value);
        bytes.insert(bytes.end(), start, start + sizeof(value));
        return *this;
    }
    Bytes& text(std::string_view text) {
        for (const char character : text) add(character);
        return add('\0');
    }
    std::vector<std::byte> bytes;
};

/// Multiboot2 information, tag by tag.
class Information {
public:
    Information& tag(std::uint32_t type, const Bytes& contents) {
        const auto size = static_cast<std::uint32_t>(contents.bytes.size() + 8);
        bytes_.add(multiboot2::TagHeader{type, size});
        bytes_.bytes.insert(bytes_.bytes.end(), contents.bytes.begin(), contents.bytes.end());
        while (bytes_.bytes.size() % 8 != 0) bytes_.add(std::byte{0});
        return *this;
    }
    Information& raw(std::uint32_t type, std::uint32_t size) {
        bytes_.add(multiboot2::TagHeader{type, size});
        return *this;
    }
    [[nodiscard]] std::vector<std::byte> finish() const {
        Bytes all;
        all.add(static_cast<std::uint32_t>(bytes_.bytes.size() + 8)).add(std::uint32_t{0});
        all.bytes.insert(all.bytes.end(), bytes_.bytes.begin(), bytes_.bytes.end());
        return all.bytes;
    }

private:
    Bytes bytes_;
};

constexpr std::uint64_t place = 0x9000;

std::unique_ptr<BootInfo> read(std::uint32_t magic, const PhysicalMemory& memory) {
    auto info = std::make_unique<BootInfo>();
    read_boot_information(*info, magic, {place}, memory);
    return info;
}

std::unique_ptr<BootInfo> read(const std::vector<std::byte>& information) {
    Pieces memory;
    memory.put(place, information);
    return read(multiboot2_magic, memory);
}

Bytes memory_map(std::uint32_t entry_size) {
    Bytes map;
    map.add(multiboot2::MemoryMapHeader{entry_size, 0});
    for (std::uint64_t number = 0; number < 3; ++number) {
        map.add(multiboot2::MemoryMapEntry{number * 0x100000, 0x1000, number == 1 ? 2U : 1U, 0});
        map.bytes.resize(map.bytes.size() + entry_size - sizeof(multiboot2::MemoryMapEntry));
    }
    return map;
}

TEST(Multiboot2, TagsAreCopied) {
    const auto info = read(Information()
                               .tag(1, Bytes().text("a=1 \"b c\""))
                               .tag(2, Bytes().text("GRUB"))
                               .tag(3, Bytes().add(0x200000U).add(0x200800U).text("module"))
                               .tag(6, memory_map(24))
                               .tag(99, Bytes().text("unknown"))
                               .tag(14, Bytes().text("RSD PTR 20 bytes..."))
                               .tag(0, {})
                               .finish());
    EXPECT_EQ(info->protocol, "Multiboot2");
    EXPECT_EQ(info->problem, "");
    EXPECT_EQ(info->command_line.view(), "a=1 \"b c\"");
    EXPECT_EQ(info->loader.view(), "GRUB");
    ASSERT_EQ(info->memory_count, 3U);
    EXPECT_TRUE(info->memory_map()[0].usable());
    EXPECT_FALSE(info->memory_map()[1].usable());
    EXPECT_EQ(info->memory_map()[2].start, PhysAddr{0x200000});
    ASSERT_EQ(info->reserved_count, 2U);
    EXPECT_EQ(info->reserved_ranges()[0].start, PhysAddr{place});
    EXPECT_EQ(info->reserved_ranges()[1].size, 0x800U);
    EXPECT_EQ(info->module.start, PhysAddr{0x200000});
    EXPECT_EQ(info->module.size, 0x800U);
    EXPECT_EQ(info->rsdp_size, 20U);
}

TEST(Multiboot2, TheNewerRsdpWinsWhicheverComesFirst) {
    const Bytes older = Bytes().add(std::array<char, 20>{'o'});
    const Bytes newer = Bytes().add(std::array<char, 36>{'n'});
    for (const bool newer_first : {false, true}) {
        Information information;
        information.tag(newer_first ? 15 : 14, newer_first ? newer : older);
        information.tag(newer_first ? 14 : 15, newer_first ? older : newer);
        const auto info = read(information.tag(0, {}).finish());
        EXPECT_EQ(info->rsdp_size, 36U);
        EXPECT_EQ(info->rsdp[0], std::byte{'n'});
    }
}

TEST(Multiboot2, LongerMapEntriesOfALaterVersionAreUnderstood) {
    const auto info = read(Information().tag(6, memory_map(40)).tag(0, {}).finish());
    ASSERT_EQ(info->memory_count, 3U);
    EXPECT_EQ(info->memory_map()[2].start, PhysAddr{0x200000});
}

TEST(Multiboot2, MapEntriesOfNoSizeDoNotHang) {
    const auto info = read(
        Information().tag(6, Bytes().add(multiboot2::MemoryMapHeader{0, 0})).tag(0, {}).finish());
    EXPECT_EQ(info->memory_count, 0U);
    EXPECT_NE(info->problem, "");
}

TEST(Multiboot2, ATagOfImpossibleSizeEndsTheReading) {
    for (const std::uint32_t size : {0U, 7U, 4000U, 0xffff'fff8U, 0xffff'ffffU}) {
        const auto info =
            read(Information().tag(1, Bytes().text("kept")).raw(2, size).raw(0, 8).finish());
        EXPECT_EQ(info->command_line.view(), "kept");
        EXPECT_EQ(info->problem, "a tag of impossible size");
    }
}

TEST(Multiboot2, MissingEndsAndTextsWithoutOneAreNoticed) {
    const auto info = read(Information().tag(1, Bytes().add(std::array{'a', 'b'})).finish());
    EXPECT_EQ(info->command_line.view(), "ab");
    EXPECT_EQ(info->problem, "boot information without an end tag");
}

TEST(Multiboot2, ACommandLineThatDoesNotFitIsKnownToBeCut) {
    for (const std::size_t size : {4096U, 4097U, 40'000U}) {
        const auto info =
            read(Information().tag(1, Bytes().text(std::string(size, 'x'))).tag(0, {}).finish());
        EXPECT_EQ(info->command_line.view(), std::string(4096, 'x'));
        EXPECT_EQ(info->command_line.is_cut(), size > 4096);
    }
}

TEST(Multiboot2, MoreRangesThanThereIsRoomForAreNoticed) {
    Bytes map;
    map.add(multiboot2::MemoryMapHeader{24, 0});
    for (std::uint64_t number = 0; number < 200; ++number) {
        map.add(multiboot2::MemoryMapEntry{number << 20, 4096, 1, 0});
    }
    const auto info = read(Information().tag(6, map).tag(0, {}).finish());
    EXPECT_EQ(info->memory_count, info->memory.size());
    EXPECT_NE(info->problem, "");
}

TEST(Multiboot2, InformationOutsideOfMemoryIsNoticed) {
    EXPECT_NE(read(multiboot2_magic, Pieces())->problem, "");
    EXPECT_NE(read(0x1234, Pieces())->problem, "");
}

TEST(Multiboot2, CutAndDamagedInformationIsReadToItsEndAtMost) {
    const std::vector<std::byte> whole = Information()
                                             .tag(1, Bytes().text("options"))
                                             .tag(6, memory_map(24))
                                             .tag(3, Bytes().add(5U).add(3U))
                                             .tag(15, Bytes().text("RSD PTR "))
                                             .tag(0, {})
                                             .finish();
    std::mt19937 random(44);
    for (int round = 0; round < 20'000; ++round) {
        std::vector<std::byte> damaged = whole;
        for (int change = 0; change < 3; ++change) {
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        }
        damaged.resize(random() % (damaged.size() + 1));
        const auto info = read(damaged);
        ASSERT_LE(info->memory_count, info->memory.size());
    }
}

pvh::StartInfo start_info() {
    return {.magic = pvh_magic,
            .version = 1,
            .flags = 0,
            .module_count = 1,
            .modules = 0xa000,
            .command_line = 0xb000,
            .rsdp = 0xf5000,
            .memory_map = 0xc000,
            .memory_map_count = 2,
            .reserved = 0};
}

Pieces pvh_memory(const pvh::StartInfo& start) {
    Pieces memory;
    memory.put(place, Bytes().add(start).bytes);
    memory.put(0xa000, Bytes().add(pvh::Module{0x300000, 0x1000, 0, 0}).bytes);
    memory.put(0xb000, Bytes().text("heap44.ansi=on").bytes);
    memory.put(0xc000, Bytes()
                           .add(pvh::MemoryMapEntry{0, 0x9fc00, 1, 0})
                           .add(pvh::MemoryMapEntry{0xf0000, 0x10000, 2, 0})
                           .bytes);
    return memory;
}

TEST(Pvh, StartInformationIsCopied) {
    const auto info = read(pvh_magic, pvh_memory(start_info()));
    EXPECT_EQ(info->protocol, "PVH");
    EXPECT_EQ(info->problem, "");
    EXPECT_EQ(info->command_line.view(), "heap44.ansi=on");
    ASSERT_EQ(info->memory_count, 2U);
    EXPECT_TRUE(info->memory_map()[0].usable());
    EXPECT_FALSE(info->memory_map()[1].usable());
    EXPECT_EQ(info->rsdp_address, PhysAddr{0xf5000});
    ASSERT_EQ(info->reserved_count, 2U);
    EXPECT_EQ(info->reserved_ranges()[1].start, PhysAddr{0x300000});
}

TEST(Pvh, ACommandLineThatDoesNotFitIsKnownToBeCut) {
    for (const std::size_t size : {4096U, 4097U, 40'000U}) {
        Pieces memory = pvh_memory(start_info());
        memory.put(0xb000, Bytes().text(std::string(size, 'x')).bytes);
        const auto info = read(pvh_magic, memory);
        EXPECT_EQ(info->command_line.view(), std::string(4096, 'x'));
        EXPECT_EQ(info->command_line.is_cut(), size > 4096);
    }
}

TEST(Pvh, CountsBeyondWhatIsThereAreHarmless) {
    pvh::StartInfo start = start_info();
    start.memory_map_count = start.module_count = 0xffff'ffff;
    const auto info = read(pvh_magic, pvh_memory(start));
    EXPECT_EQ(info->memory_count, 2U);
    EXPECT_EQ(info->reserved_count, 2U);
}

TEST(Pvh, TheOldVersionHasNoMemoryMap) {
    pvh::StartInfo start = start_info();
    start.version = 0;
    EXPECT_EQ(read(pvh_magic, pvh_memory(start))->problem, "no memory map");
}

TEST(Pvh, AWrongMagicIsNoticed) {
    pvh::StartInfo start = start_info();
    start.magic = 1;
    EXPECT_NE(read(pvh_magic, pvh_memory(start))->problem, "");
}

}  // namespace
}  // namespace heap44::kernel
