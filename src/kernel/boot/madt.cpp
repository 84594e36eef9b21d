// SPDX-License-Identifier: MIT
#include "kernel/boot/madt.hpp"

#include <cstdint>

namespace heap44::kernel {

namespace {

// ACPI specification, 5.2.12, "Multiple APIC Description Table". Entries begin with their kind and
// their length, a byte each.
constexpr std::size_t local_address_offset = 36;
constexpr std::size_t entries_offset = 44;

constexpr std::uint32_t no_input = 0xffff'ffff;

enum class Kind : std::uint8_t { io_apic = 1, line_override = 2, local_address = 5 };

/// The addresses stay 0 until an entry tells them. A line whose entry makes no sense keeps its
/// number.
ApicLayout default_layout(Table madt) {
    ApicLayout layout{
        .local = {number_at<std::uint32_t>(madt, local_address_offset)}, .io = {0}, .inputs = {}};
    for (std::uint8_t line = 0; line < irq_count; ++line) layout.inputs[line] = {.number = line};
    return layout;
}

void read_io_apic(ApicLayout& layout, Table entry) {
    const auto first_input = number_at<std::uint32_t>(entry, 8);
    if (first_input == 0) layout.io = {number_at<std::uint32_t>(entry, 4)};
}

/// Two bits for the polarity and two for the trigger. 3 means low, or level; what is left to the
/// bus is high and an edge.
void read_override(ApicLayout& layout, Table entry) {
    constexpr std::uint8_t old_devices = 0;  // the bus's number
    const auto bus = number_at<std::uint8_t>(entry, 2);
    const auto line = number_at<std::uint8_t>(entry, 3);
    const auto flags = number_at<std::uint16_t>(entry, 8);
    const auto input = number_at<std::uint32_t>(entry, 4);
    if (bus != old_devices || line >= irq_count) return;
    // Whose number it is has no input any more, unless an entry of its own says which.
    if (input < irq_count && layout.inputs[input].number == input) {
        layout.inputs[input].number = no_input;
    }
    layout.inputs[line] = {
        .number = input, .active_low = (flags & 3) == 3, .level = (flags >> 2 & 3) == 3};
}

void read_entry(ApicLayout& layout, Table entry) {
    switch (static_cast<Kind>(number_at<std::uint8_t>(entry, 0))) {
        case Kind::io_apic:
            return read_io_apic(layout, entry);
        case Kind::line_override:
            return read_override(layout, entry);
        case Kind::local_address:
            layout.local = {number_at<std::uint64_t>(entry, 4)};
            return;
    }
}

}  // namespace

std::optional<ApicLayout> apic_layout(Table madt) {
    ApicLayout layout = default_layout(madt);
    for (std::size_t offset = entries_offset; offset < madt.size();) {
        const Table rest = madt.subspan(offset);
        const std::size_t length = number_at<std::uint8_t>(rest, 1);
        // One of no length would never get on; one beyond the end is damage.
        if (length < 2 || length > rest.size()) break;
        read_entry(layout, rest.first(length));
        offset += length;
    }
    if (layout.io.value == 0 || layout.local.value == 0) return std::nullopt;
    return layout;
}

}  // namespace heap44::kernel
