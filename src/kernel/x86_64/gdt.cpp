// SPDX-License-Identifier: MIT
#include "kernel/x86_64/gdt.hpp"

#include <array>
#include <cstddef>

#include "kernel/x86_64/stacks.hpp"

namespace heap44::kernel {

namespace {

/// The 64-bit task state segment (Intel SDM volume 3, 8.7).
struct [[gnu::packed]] TaskState {
    std::uint32_t reserved0 = 0;
    std::array<std::uint64_t, 3> privileged_stacks{};
    std::uint64_t reserved1 = 0;
    std::array<std::uint64_t, 7> interrupt_stacks{};
    std::uint64_t reserved2 = 0;
    std::uint16_t reserved3 = 0;
    // Behind the limit: no I/O permission map, which only user code would need.
    std::uint16_t io_map_offset = sizeof(TaskState);
};
static_assert(sizeof(TaskState) == 104, "the processor's layout");

/// What `lgdt` reads.
struct [[gnu::packed]] TablePointer {
    std::uint16_t limit;
    std::uint64_t base;
};

/// Flat segments of 4 GiB, as the boot part has them, too; long mode looks at type, privilege and
/// the bit L of the code segment only.
constexpr std::uint64_t code_descriptor = 0x00af'9b00'0000'ffff;
constexpr std::uint64_t data_descriptor = 0x00cf'9300'0000'ffff;
constexpr std::uint64_t present_bit = std::uint64_t{1} << 47;
/// Present, and an available 64-bit task state segment (type 9).
constexpr std::uint64_t task_state_type = std::uint64_t{0x89} << 40;

constinit TaskState task_state;
constinit std::array<std::uint64_t, 6> descriptors{
    0, code_descriptor, data_descriptor, 0, 0, data_descriptor & ~present_bit,
};

// A system descriptor takes two places in the table. Its address stands in three pieces, since the
// first descriptors had only 24 bits for it.
void describe_task_state() {
    const std::uint64_t base = address_of(&task_state).value;
    descriptors[3] = (sizeof(TaskState) - 1) | (base & 0xff'ffff) << 16 | task_state_type |
                     (base >> 24 & 0xff) << 56;
    descriptors[4] = base >> 32;
}

}  // namespace

void initialize_segments() {
    // Stack 0 is the one that the kernel runs on anyway.
    for (std::size_t index = 1; index < stack_count; ++index) {
        task_state.interrupt_stacks[index - 1] = stacks()[index].top.value;
    }
    describe_task_state();
    // The boot part's segments are the same, so nothing has to be loaded anew except the task.
    const TablePointer pointer{sizeof(descriptors) - 1, address_of(&descriptors).value};
    asm volatile("lgdt %0" : : "m"(pointer) : "memory");
    asm volatile("ltr %0" : : "r"(task_selector) : "memory");
}

}  // namespace heap44::kernel
