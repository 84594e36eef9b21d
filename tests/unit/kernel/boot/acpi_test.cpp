// SPDX-License-Identifier: MIT
// Reading ACPI's tables: a machine as QEMU builds it, older and newer forms, and damage everywhere.
#include "kernel/boot/acpi.hpp"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <initializer_list>
#include <memory>
#include <random>
#include <vector>

#include "kernel/boot/acpi_tables.hpp"

namespace heap44::kernel {
namespace {

using Bytes = std::vector<std::byte>;

template <class Number>
void put(Bytes& bytes, std::size_t offset, Number number) {
    std::memcpy(bytes.data() + offset, &number, sizeof(number));
}

/// Sets the byte at `place` so that the first `size` bytes add up to 0.
void fix_sum(Bytes& bytes, std::size_t place, std::size_t size) {
    bytes[place] = std::byte{0};
    unsigned sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += std::to_integer<unsigned>(bytes[i]);
    bytes[place] = static_cast<std::byte>(0U - sum);
}

Bytes make_table(std::string_view signature, std::size_t size) {
    Bytes table(size);
    std::memcpy(table.data(), signature.data(), signature.size());
    put(table, 4, static_cast<std::uint32_t>(size));
    return table;
}

Bytes aml(std::initializer_list<int> codes) {
    Bytes bytes;
    for (const int code : codes) bytes.push_back(static_cast<std::byte>(code));
    return bytes;
}

// Name (\_S5_, Package (4) { 5, 6, Zero, Zero }) behind a few bytes of something else.
const Bytes soft_off_aml =
    aml({0x10, 0x20, 0x08, '_', 'S', '5', '_', 0x12, 0x08, 0x04, 0x0a, 5, 0x0a, 6, 0x00, 0x00});

/// One MiB and a bit of memory with tables in it.
class Machine final : public PhysicalMemory {
public:
    static constexpr std::uint64_t rsdp = 0xf'5000;
    static constexpr std::uint64_t root = 0x10'0000;
    static constexpr std::uint64_t fadt = 0x10'1000;
    static constexpr std::uint64_t dsdt = 0x10'2000;
    static constexpr std::uint64_t end = 0x10'4000;

    /// As QEMU's firmware leaves it: ACPI 1.0, an RSDT, the short form of everything.
    Machine() {
        place_rsdp(0);
        Bytes table = make_table("RSDT", 44);
        put(table, 36, std::uint32_t{0x10'3000});  // another table before the FADT
        put(table, 40, static_cast<std::uint32_t>(fadt));
        place(root, table);
        place(0x10'3000, make_table("APIC", 64));
        place(fadt, make_fadt());
        place_dsdt(soft_off_aml);
    }

    [[nodiscard]] std::span<const std::byte> at(PhysAddr address, std::size_t size) const override {
        if (address.value > end || size > end - address.value) return {};
        return std::span(memory).subspan(address.value, size);
    }

    static Bytes make_fadt() {
        Bytes table = make_table("FACP", 244);
        put(table, 40, static_cast<std::uint32_t>(dsdt));
        put(table, 48, std::uint32_t{0xb2});
        put(table, 52, std::uint8_t{0xf1});
        put(table, 64, std::uint32_t{0x604});
        put(table, 112, std::uint32_t{1U << 10});
        put(table, 116, std::uint8_t{1});
        put(table, 120, std::uint64_t{0xcf9});
        put(table, 128, std::uint8_t{0x0f});
        return table;
    }

    void place_rsdp(std::uint8_t revision) {
        Bytes table(36);
        std::memcpy(table.data(), "RSD PTR ", 8);
        put(table, 15, revision);
        put(table, 16, static_cast<std::uint32_t>(root));
        put(table, 20, std::uint32_t{36});
        put(table, 24, static_cast<std::uint64_t>(root));
        fix_sum(table, 8, 20);
        std::ranges::copy(table, memory.begin() + rsdp);
    }
    void place_dsdt(const Bytes& code) {
        Bytes table = make_table("DSDT", 36 + code.size());
        std::ranges::copy(code, table.begin() + 36);
        place(dsdt, table);
    }
    void place(std::uint64_t address, Bytes table) {
        fix_sum(table, 9, table.size());
        std::ranges::copy(table, memory.begin() + static_cast<std::ptrdiff_t>(address));
    }

    Bytes memory = Bytes(end);
};

AcpiInfo read(const Machine& machine) {
    const auto info = std::make_unique<BootInfo>();
    return read_acpi(*info, machine);
}

TEST(Acpi, AMachineAsQemuBuildsItIsUnderstood) {
    const AcpiInfo info = read(Machine());
    ASSERT_TRUE(info.soft_off && info.enable && info.reset);
    EXPECT_EQ(info.soft_off->control_a, 0x604);
    EXPECT_EQ(info.soft_off->control_b, 0);
    EXPECT_EQ(info.soft_off->types.a, 5);
    EXPECT_EQ(info.soft_off->types.b, 6);
    EXPECT_EQ(info.enable->port, 0xb2);
    EXPECT_EQ(info.enable->value, 0xf1);
    EXPECT_EQ(info.reset->port, 0xcf9);
    EXPECT_EQ(info.reset->value, 0x0f);
}

TEST(Acpi, WithoutAnRsdpThereIsNothing) {
    Machine machine;
    std::ranges::fill(machine.memory, std::byte{0});
    const AcpiInfo info = read(machine);
    EXPECT_FALSE(info.soft_off || info.enable || info.reset);
}

TEST(Acpi, TheRsdpMayStandInTheExtendedBiosDataArea) {
    Machine machine;
    std::copy_n(machine.memory.begin() + Machine::rsdp, 36, machine.memory.begin() + 0x9'fc10);
    std::fill_n(machine.memory.begin() + Machine::rsdp, 36, std::byte{0});
    EXPECT_FALSE(read(machine).soft_off);
    put(machine.memory, 0x40e, std::uint16_t{0x9fc0});
    EXPECT_TRUE(read(machine).soft_off);
}

TEST(Acpi, TheLoadersRsdpIsUsedCopiedOrPointedAt) {
    Machine machine;
    const auto info = std::make_unique<BootInfo>();
    std::copy_n(machine.memory.begin() + Machine::rsdp, 36, info->rsdp.begin());
    std::copy_n(machine.memory.begin() + Machine::rsdp, 36, machine.memory.begin() + 0x10'3800);
    std::fill_n(machine.memory.begin() + Machine::rsdp, 36, std::byte{0});
    EXPECT_FALSE(read_acpi(*info, machine).soft_off) << "a size of 0 says that nothing was copied";
    info->rsdp_size = 36;
    EXPECT_TRUE(read_acpi(*info, machine).soft_off);
    info->rsdp_size = 0;
    info->rsdp_address = PhysAddr{0x10'3800};
    EXPECT_TRUE(read_acpi(*info, machine).soft_off);
}

TEST(Acpi, TheLongFormsOfNewerMachinesArePreferred) {
    Machine machine;
    machine.place_rsdp(2);
    Bytes root = make_table("XSDT", 44);
    put(root, 36, static_cast<std::uint64_t>(Machine::fadt));
    machine.place(Machine::root, root);
    Bytes fadt = Machine::make_fadt();
    put(fadt, 40, std::uint32_t{0});
    put(fadt, 140, static_cast<std::uint64_t>(Machine::dsdt));
    put(fadt, 172, std::uint8_t{1});
    put(fadt, 176, std::uint64_t{0x1804});
    put(fadt, 184, std::uint8_t{1});
    put(fadt, 188, std::uint64_t{0x1904});
    machine.place(Machine::fadt, fadt);
    const AcpiInfo info = read(machine);
    ASSERT_TRUE(info.soft_off);
    EXPECT_EQ(info.soft_off->control_a, 0x1804);
    EXPECT_EQ(info.soft_off->control_b, 0x1904);
}

TEST(Acpi, RegistersInMemoryAreNotTakenForPorts) {
    Machine machine;
    Bytes fadt = Machine::make_fadt();
    put(fadt, 116, std::uint8_t{0});
    put(fadt, 172, std::uint8_t{0});
    put(fadt, 176, std::uint64_t{0xfed0'0000});
    machine.place(Machine::fadt, fadt);
    const AcpiInfo info = read(machine);
    EXPECT_FALSE(info.reset);
    ASSERT_TRUE(info.soft_off);
    EXPECT_EQ(info.soft_off->control_a, 0x604);
}

TEST(Acpi, AResetThatIsNotSupportedIsNotUsed) {
    Machine machine;
    Bytes fadt = Machine::make_fadt();
    put(fadt, 112, std::uint32_t{0});
    machine.place(Machine::fadt, fadt);
    EXPECT_FALSE(read(machine).reset);
}

TEST(Acpi, AShortFadtOfAcpi1HasNoReset) {
    Machine machine;
    Bytes fadt = Machine::make_fadt();
    fadt.resize(116);
    put(fadt, 4, std::uint32_t{116});
    machine.place(Machine::fadt, fadt);
    const AcpiInfo info = read(machine);
    EXPECT_TRUE(info.soft_off);
    EXPECT_FALSE(info.reset);
}

TEST(Acpi, ATableWithAWrongSumIsNotBelieved) {
    for (const std::uint64_t table : {Machine::root, Machine::fadt, Machine::dsdt}) {
        Machine machine;
        machine.memory[table + 20] ^= std::byte{1};
        EXPECT_FALSE(read(machine).soft_off) << table;
    }
}

TEST(Acpi, ATableWithAnImpossibleLengthIsNotFollowed) {
    for (const std::uint32_t length : {0U, 35U, 0x10'0000U, 0xffff'ffffU}) {
        Machine machine;
        put(machine.memory, Machine::dsdt + 4, length);
        EXPECT_FALSE(read(machine).soft_off) << length;
    }
}

TEST(Acpi, ThePackageIsFoundInEachWayOfWritingIt) {
    const auto with_root = aml({0x08, '\\', '_', 'S', '5', '_', 0x12, 0x06, 4, 0x0a, 7, 1, 0, 0});
    EXPECT_EQ(find_soft_off(with_root)->a, 7);
    EXPECT_EQ(find_soft_off(with_root)->b, 1);
    const auto long_length =
        aml({0x08, '_', 'S', '5', '_', 0x12, 0x47, 0x00, 2, 0x0b, 3, 0, 0x0c, 4, 0, 0, 0});
    EXPECT_EQ(find_soft_off(long_length)->a, 3);
    EXPECT_EQ(find_soft_off(long_length)->b, 4);
    const auto single = aml({0x08, '_', 'S', '5', '_', 0x12, 0x03, 1, 0x01});
    EXPECT_EQ(find_soft_off(single)->a, 1);
    EXPECT_EQ(find_soft_off(single)->b, 0);
}

TEST(Acpi, WhatOnlyLooksLikeThePackageIsPassedOver) {
    const Bytes not_named = aml({0x10, '_', 'S', '5', '_', 0x12, 0x06, 4, 0x0a, 1, 0, 0, 0});
    const Bytes a_text = aml({0x08, '_', 'S', '5', '_', 0x0d, 'x', 0});
    const Bytes too_large = aml({0x08, '_', 'S', '5', '_', 0x12, 0x06, 4, 0x0a, 9, 0, 0});
    const Bytes no_element = aml({0x08, '_', 'S', '5', '_', 0x12, 0x02, 0, 0x00});
    Bytes code;
    for (const Bytes& part : {not_named, a_text, too_large, no_element}) {
        EXPECT_FALSE(find_soft_off(part));
        code.insert(code.end(), part.begin(), part.end());
    }
    EXPECT_FALSE(find_soft_off(code));
    code.insert(code.end(), soft_off_aml.begin(), soft_off_aml.end());
    EXPECT_EQ(find_soft_off(code)->a, 5);
}

/// Copies of exactly their size, so that the sanitizer sees every byte too far.
void find_in_each_beginning(const Bytes& code, std::size_t enough) {
    for (std::size_t size = 0; size <= code.size(); ++size) {
        const Bytes cut(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(find_soft_off(cut).has_value(), size >= enough) << size;
    }
}

TEST(Acpi, CodeThatEndsAnywhereIsNotReadBeyond) {
    find_in_each_beginning(soft_off_aml, 12);  // as far as the first number
    find_in_each_beginning(aml({0x08, '_', 'S', '5', '_', 0x12, 0xc7, 0, 0, 0, 1, 0x01}), 12);
}

class DamagedAcpi : public testing::TestWithParam<unsigned> {};

TEST_P(DamagedAcpi, NeverHangsOrReadsOutside) {
    std::mt19937_64 random(GetParam());
    for (int round = 0; round < 20; ++round) {
        Machine machine;
        for (int i = 0; i < 12; ++i) {
            const std::uint64_t table =
                std::array{Machine::root, Machine::fadt, Machine::dsdt}[random() % 3];
            machine.memory[table + random() % 250] = static_cast<std::byte>(random());
        }
        for (const std::uint64_t table : {Machine::root, Machine::fadt, Machine::dsdt}) {
            // Right sums again, or the damage would never be looked at.
            const auto length = number_at<std::uint32_t>(machine.memory, table + 4);
            if (length < 36 || length > 0x1000) continue;
            const auto start = machine.memory.begin() + static_cast<std::ptrdiff_t>(table);
            machine.place(table, Bytes(start, start + length));
        }
        const AcpiInfo info = read(machine);
        if (info.soft_off) {
            EXPECT_LE(info.soft_off->types.a, 7);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, DamagedAcpi, testing::Range(0U, 10U));

}  // namespace
}  // namespace heap44::kernel
