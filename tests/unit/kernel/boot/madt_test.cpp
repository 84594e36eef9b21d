// SPDX-License-Identifier: MIT
// ACPI's table of interrupt controllers: QEMU's, other wirings, and damage everywhere.
#include "kernel/boot/madt.hpp"

#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <initializer_list>
#include <random>
#include <vector>

namespace heap44::kernel {
namespace {

using Bytes = std::vector<std::byte>;
using Entry = std::initializer_list<std::uint8_t>;

/// The header's 36 bytes, the local APIC's address, flags, and then the entries.
Bytes make_madt(std::uint32_t local, std::initializer_list<Entry> entries) {
    Bytes table(44);
    std::memcpy(table.data() + 36, &local, sizeof(local));
    for (const Entry& entry : entries) {
        for (const std::uint8_t byte : entry) table.push_back(std::byte{byte});
    }
    return table;
}

// Kind, length, and what ACPI's specification (5.2.12) says for the kind.
const Entry processor = {0, 8, 0, 0, 1, 0, 0, 0};
const Entry io_apic = {1, 12, 0, 0, 0x00, 0x00, 0xc0, 0xfe, 0, 0, 0, 0};
const Entry second_io_apic = {1, 12, 1, 0, 0x00, 0x10, 0xc0, 0xfe, 24, 0, 0, 0};
const Entry timer_at_2 = {2, 10, 0, 0, 2, 0, 0, 0, 0, 0};
const Entry line_9_low_level = {2, 10, 0, 9, 9, 0, 0, 0, 0x0f, 0};
const Entry line_5_high_level = {2, 10, 0, 5, 5, 0, 0, 0, 0x0d, 0};
const Entry of_another_bus = {2, 10, 1, 4, 20, 0, 0, 0, 0, 0};
const Entry of_no_line = {2, 10, 0, 16, 20, 0, 0, 0, 0, 0};
const Entry local_beyond_4_gib = {5, 12, 0, 0, 0, 0, 0xe0, 0xfe, 1, 0, 0, 0};

TEST(MadtTest, IsReadAsQemuBuildsIt) {
    const auto layout = apic_layout(make_madt(
        0xfee0'0000, {processor, io_apic, timer_at_2, line_5_high_level, line_9_low_level}));
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->local.value, 0xfee0'0000U);
    EXPECT_EQ(layout->io.value, 0xfec0'0000U);
    EXPECT_EQ(layout->inputs[0].number, 2U);
    EXPECT_FALSE(layout->inputs[0].active_low || layout->inputs[0].level);
    EXPECT_EQ(layout->inputs[2].number, 0xffff'ffffU) << "its input is the timer's";
    EXPECT_EQ(layout->inputs[4].number, 4U);
    EXPECT_FALSE(layout->inputs[4].active_low || layout->inputs[4].level);
    EXPECT_EQ(layout->inputs[5].number, 5U);
    EXPECT_TRUE(!layout->inputs[5].active_low && layout->inputs[5].level);
    EXPECT_EQ(layout->inputs[9].number, 9U);
    EXPECT_TRUE(layout->inputs[9].active_low && layout->inputs[9].level);
}

TEST(MadtTest, TwoLinesMayChangePlaces) {
    const Entry three_at_4 = {2, 10, 0, 3, 4, 0, 0, 0, 0, 0};
    const Entry four_at_3 = {2, 10, 0, 4, 3, 0, 0, 0, 0, 0};
    const auto layout = apic_layout(make_madt(0xfee0'0000, {io_apic, three_at_4, four_at_3}));
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->inputs[3].number, 4U);
    EXPECT_EQ(layout->inputs[4].number, 3U);
}

TEST(MadtTest, OtherControllersBusesAndLinesAreLeftAside) {
    const auto layout =
        apic_layout(make_madt(0xfee0'0000, {second_io_apic, io_apic, of_another_bus, of_no_line}));
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->io.value, 0xfec0'0000U);
    for (std::uint8_t line = 0; line < irq_count; ++line) {
        EXPECT_EQ(layout->inputs[line].number, line);
    }
}

TEST(MadtTest, TheLocalApicMayBeBeyond4Gib) {
    const auto layout = apic_layout(make_madt(0xfee0'0000, {io_apic, local_beyond_4_gib}));
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->local.value, 0x1'fee0'0000U);
}

TEST(MadtTest, WithoutOneOfTheTwoThereIsNothing) {
    EXPECT_FALSE(apic_layout(make_madt(0xfee0'0000, {processor})));
    EXPECT_FALSE(apic_layout(make_madt(0xfee0'0000, {second_io_apic})));
    EXPECT_FALSE(apic_layout(make_madt(0, {io_apic})));
    EXPECT_FALSE(apic_layout({}));
}

TEST(MadtTest, AnEntryOfNoLengthOrBeyondTheEndIsTheLast) {
    const Entry endless = {0, 0};
    const Entry too_long = {0, 200};
    EXPECT_TRUE(apic_layout(make_madt(0xfee0'0000, {io_apic, endless, timer_at_2})));
    EXPECT_FALSE(apic_layout(make_madt(0xfee0'0000, {endless, io_apic})));
    EXPECT_FALSE(apic_layout(make_madt(0xfee0'0000, {too_long, io_apic})));
    // A length of one byte would leave the next entry within this one.
    EXPECT_FALSE(apic_layout(make_madt(0xfee0'0000, {{0, 1}, io_apic})));
}

TEST(MadtTest, DamageIsNeverReadBeyondTheTable) {
    const Bytes whole =
        make_madt(0xfee0'0000, {processor, io_apic, timer_at_2, local_beyond_4_gib});
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(apic_layout(cut).has_value(), size >= 44 + 8 + 12) << size;
    }
    std::mt19937_64 random(44);
    for (int round = 0; round < 20'000; ++round) {
        Bytes damaged = whole;
        for (int change = 0; change < 3; ++change) {
            damaged[random() % damaged.size()] = static_cast<std::byte>(random());
        }
        (void)apic_layout(damaged);
    }
}

}  // namespace
}  // namespace heap44::kernel
