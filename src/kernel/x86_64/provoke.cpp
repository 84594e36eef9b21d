// SPDX-License-Identifier: MIT
#include "kernel/x86_64/provoke.hpp"

#include <array>
#include <cstdint>

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/gdt.hpp"
#include "kernel/x86_64/traps.hpp"

namespace heap44::kernel {

namespace {

// Bits 63 to 48 differ from bit 47: no page table could map this.
constexpr std::uint64_t not_canonical = 0xdead'beef'dead'beef;

constinit ForbiddenMemory forbidden{};

/// Assembly, because a compiler may leave out a read whose value is not used, or take it for
/// impossible.
void read_from(std::uint64_t address) {
    std::uint64_t value;
    asm volatile("movq (%1), %0" : "=r"(value) : "r"(address) : "memory");
}

void write_to(std::uint64_t address) {
    asm volatile("movb $0, (%0)" : : "r"(address) : "memory");
}

void null() {
    read_from(0);
}
void wild() {
    read_from(not_canonical);
}
void read_only() {
    write_to(forbidden.constants.value);
}
void guard() {
    write_to(forbidden.guard_page.value);
}

// Data that would be a valid function, if only it stood in code.
void execute() {
    static std::array<std::uint8_t, 16> return_instruction{0xc3};
    asm volatile("call *%0" : : "r"(return_instruction.data()) : "memory");
}

/// Each call has a variable of its own that is added after the inner call has returned, so no
/// compiler can make a loop of it. The limit lies far beyond any stack; without it the compiler
/// would see, and say, that the recursion never ends.
[[gnu::noinline]] std::uint64_t recurse(std::uint64_t depth) {
    const volatile std::uint64_t mine = depth;
    if (depth == ~std::uint64_t{0}) return 0;
    const std::uint64_t deeper = recurse(depth + 1);
    return deeper + mine;
}
void stack() {
    (void)recurse(0);
}

void divide() {
    asm volatile("xorl %%edx, %%edx\n\tdivl %%edx" : : : "eax", "edx", "cc");
}
void invalid_opcode() {
    asm volatile("ud2");
}
/// A selector behind the end of the GDT.
void general_protection() {
    constexpr std::uint16_t behind_the_table = 0xfff8;
    asm volatile("movw %0, %%ds" : : "r"(behind_the_table));
}
/// `movaps` demands 16 bytes, and no error code says so.
void unaligned() {
    alignas(16) constexpr static std::array<std::byte, 32> bytes{};
    asm volatile("movaps %0, %%xmm0" : : "m"(bytes[8]) : "xmm0");
}
void breakpoint() {
    asm volatile("int3");
}
/// Sets the trap flag: the exception comes behind the next instruction, the `nop`.
void debug() {
    asm volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq\n\tnop" : : "i"(flag_trap) : "cc");
}

// Their instructions, INTO and BOUND, do not exist in 64-bit mode: only the vectors are left.
void overflow() {
    asm volatile("int $4");
}
void bound() {
    asm volatile("int $5");
}

/// Any vector instruction then raises the exception. `recover_processor` clears the bit again.
void device_not_available() {
    write_cr0(read_cr0() | cr0_task_switched);
    asm volatile("xorps %%xmm0, %%xmm0" : : : "xmm0");
}

// A general protection fault whose gate is out of reach: a second fault while delivering the first.
void double_fault() {
    withhold_gates_behind_double_fault();
    general_protection();
}

/// The selector is in the table, but its descriptor is not present (bit P is 0).
void segment_not_present() {
    asm volatile("movw %0, %%ds" : : "r"(absent_selector));
}
void stack_segment() {
    asm volatile("movw %0, %%ss" : : "r"(absent_selector));
}

// Division by zero with that exception unmasked; x87 reports it at its next instruction.
void x87() {
    constexpr std::uint16_t all_but_division = 0x037b;
    asm volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" : : "m"(all_but_division));
}
// Emulators that never raise the vector exception get past the division; the vector follows then.
void simd() {
    constexpr std::uint32_t all_but_division = default_mxcsr & ~(1U << 9);
    const float one = 1;
    asm volatile(
        "ldmxcsr %0\n\txorps %%xmm1, %%xmm1\n\tmovss %1, %%xmm0\n\t"
        "divss %%xmm1, %%xmm0\n\tint $19"
        :
        : "m"(all_but_division), "m"(one)
        : "xmm0", "xmm1");
}

/// A line of `fault`: what it is called, what it does, and the function that does it.
struct Provocation {
    shell::Named kind;
    void (*run)();
};

constexpr std::array provocations{
    Provocation{{"null", "reads through a null pointer"}, null},
    Provocation{{"wild", "reads an address that is not canonical"}, wild},
    Provocation{{"read-only", "writes to the kernel's constants"}, read_only},
    Provocation{{"execute", "calls data"}, execute},
    Provocation{{"stack", "recurses without end"}, stack},
    Provocation{{"divide", "divides by zero"}, divide},
    Provocation{{"invalid-opcode", "runs an instruction that does not exist"}, invalid_opcode},
    Provocation{{"general-protection", "loads a segment from behind the table"},
                general_protection},
    Provocation{{"unaligned", "loads 16 bytes at once from a multiple of 8"}, unaligned},
    Provocation{{"breakpoint", "runs int3; goes on"}, breakpoint},
    Provocation{{"guard", "writes to the page behind the heap"}, guard},
    Provocation{{"debug", "runs one instruction as a single step; goes on"}, debug},
    Provocation{{"overflow", "raises the vector of INTO"}, overflow},
    Provocation{{"bound", "raises the vector of BOUND"}, bound},
    Provocation{{"device-not-available", "uses floating point while it is switched off"},
                device_not_available},
    Provocation{{"double-fault", "faults with no gate for that fault"}, double_fault},
    Provocation{{"segment-not-present", "loads a segment that is not present"},
                segment_not_present},
    Provocation{{"stack-segment", "loads a stack segment that is not present"}, stack_segment},
    Provocation{{"x87", "divides by zero on the x87 unit, unmasked"}, x87},
    Provocation{{"simd", "divides by zero in a vector register, unmasked"}, simd},
};

/// The names and summaries alone, for the shell, which knows no functions of the kernel.
constexpr auto kinds = [] {
    std::array<shell::Named, provocations.size()> all;
    for (std::size_t index = 0; index < all.size(); ++index) all[index] = provocations[index].kind;
    return all;
}();

}  // namespace

std::span<const shell::Named> provocable_faults() {
    return kinds;
}

void provoke_fault(std::size_t fault, const ForbiddenMemory& memory) {
    forbidden = memory;
    provocations[fault].run();
}

}  // namespace heap44::kernel
