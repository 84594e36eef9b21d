// SPDX-License-Identifier: MIT
// Single instructions of the processor that C++ has no word for: interrupts on and off, halting,
// control registers, model-specific registers, the time stamp counter.
//
// Each function is one instruction (two where they belong together) and says in its name what it
// does. "memory" among what they change keeps the compiler from moving reads and writes across
// them. They are described in the Intel SDM, volume 2; the bits below in volume 3, 2.5 (control
// registers).
#pragma once

#include <cstdint>

#include "lib/address.hpp"

namespace heap44::kernel {

/// Bits of RFLAGS.
inline constexpr std::uint64_t flag_trap = 1U << 8;
inline constexpr std::uint64_t flag_interrupts = 1U << 9;
/// Bits of CR0. TS, EM and MP say whether floating point instructions raise an exception; WP lets
/// page rights bind the kernel, too.
inline constexpr std::uint64_t cr0_monitor_coprocessor = 1U << 1;
inline constexpr std::uint64_t cr0_emulation = 1U << 2;
inline constexpr std::uint64_t cr0_task_switched = 1U << 3;
inline constexpr std::uint64_t cr0_numeric_error = 1U << 5;
inline constexpr std::uint64_t cr0_write_protect = 1U << 16;
inline constexpr std::uint64_t cr0_alignment_mask = 1U << 18;
inline constexpr std::uint64_t cr4_machine_check = 1U << 6;
inline constexpr std::uint32_t machine_check_status = 0x17a;  // a model-specific register
/// All vector exceptions masked, rounding to the nearest: what a program finds at its start.
inline constexpr std::uint64_t default_mxcsr = 0x1f80;

inline void enable_interrupts() {
    asm volatile("sti" : : : "memory");
}
inline void disable_interrupts() {
    asm volatile("cli" : : : "memory");
}

/// Sleeps until the next interrupt. Call it with interrupts off: an interrupt that arrives after
/// the caller's last look at its condition is held back until the processor sleeps (`sti` takes
/// effect one instruction late), so no wake-up is lost. Interrupts are on afterwards.
inline void wait_for_interrupt() {
    asm volatile("sti\n\thlt" : : : "memory");
}

/// The end of everything: nothing wakes this processor again.
[[noreturn]] inline void halt_forever() {
    for (;;) asm volatile("cli\n\thlt" : : : "memory");
}

[[nodiscard]] inline std::uint64_t read_flags() {
    std::uint64_t flags;
    asm volatile("pushfq\n\tpopq %0" : "=r"(flags) : : "memory");
    return flags;
}

[[nodiscard]] inline bool interrupts_enabled() {
    return (read_flags() & flag_interrupts) != 0;
}

/// Interrupts off in this scope; afterwards as they were before it.
class InterruptsOff {
public:
    InterruptsOff() : were_enabled_(interrupts_enabled()) { disable_interrupts(); }
    ~InterruptsOff() {
        if (were_enabled_) enable_interrupts();
    }
    InterruptsOff(const InterruptsOff&) = delete;
    InterruptsOff& operator=(const InterruptsOff&) = delete;

private:
    bool were_enabled_;
};

[[nodiscard]] inline std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("movq %%cr0, %0" : "=r"(value) : : "memory");
    return value;
}

/// The address of the last page fault. The next one overwrites it, so it is read first.
[[nodiscard]] inline std::uint64_t read_cr2() {
    std::uint64_t value;
    asm volatile("movq %%cr2, %0" : "=r"(value) : : "memory");
    return value;
}

/// The physical address of the top page table.
[[nodiscard]] inline std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("movq %%cr3, %0" : "=r"(value) : : "memory");
    return value;
}

[[nodiscard]] inline std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("movq %%cr4, %0" : "=r"(value) : : "memory");
    return value;
}

inline void write_cr0(std::uint64_t value) {
    asm volatile("movq %0, %%cr0" : : "r"(value) : "memory");
}
/// Loading CR3, even with the same value, forgets all cached mappings but global ones.
inline void write_cr3(std::uint64_t value) {
    asm volatile("movq %0, %%cr3" : : "r"(value) : "memory");
}
inline void write_cr4(std::uint64_t value) {
    asm volatile("movq %0, %%cr4" : : "r"(value) : "memory");
}

/// Why the last debug exception came: a bit for each watchpoint, one for single steps. The
/// processor sets bits and never clears them; the handler has to.
[[nodiscard]] inline std::uint64_t read_dr6() {
    std::uint64_t value;
    asm volatile("movq %%dr6, %0" : "=r"(value) : : "memory");
    return value;
}

inline void write_dr6(std::uint64_t value) {
    asm volatile("movq %0, %%dr6" : : "r"(value) : "memory");
}
/// The address that debug register 0 to 3 watches; DR7 says whether and how.
inline void write_debug_address(unsigned number, std::uint64_t address) {
    switch (number) {
        case 0:
            asm volatile("movq %0, %%dr0" : : "r"(address) : "memory");
            break;
        case 1:
            asm volatile("movq %0, %%dr1" : : "r"(address) : "memory");
            break;
        case 2:
            asm volatile("movq %0, %%dr2" : : "r"(address) : "memory");
            break;
        default:
            asm volatile("movq %0, %%dr3" : : "r"(address) : "memory");
            break;
    }
}
inline void write_dr7(std::uint64_t value) {
    asm volatile("movq %0, %%dr7" : : "r"(value) : "memory");
}

/// Forgets what the processor remembers of the mapping of this page.
inline void flush_page(VirtAddr address) {
    asm volatile("invlpg (%0)" : : "r"(address.value) : "memory");
}

/// Whether CPUID's leaf 1 tells of a local APIC (Intel SDM volume 2, "CPUID").
[[nodiscard]] inline bool has_local_apic() {
    std::uint32_t signature;
    std::uint32_t features;
    asm volatile("cpuid" : "=a"(signature), "=d"(features) : "a"(1) : "rbx", "rcx");
    return (features >> 9 & 1) != 0;
}

[[nodiscard]] inline std::uint64_t read_msr(std::uint32_t number) {
    std::uint32_t low;
    std::uint32_t high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number) : "memory");
    return (std::uint64_t{high} << 32) | low;
}

inline void write_msr(std::uint32_t number, std::uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(number), "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

/// Counts since the processor's reset, at a rate that must be measured. It is not serialized: a few
/// instructions around it may run before or after.
[[nodiscard]] inline std::uint64_t read_tsc() {
    std::uint32_t low;
    std::uint32_t high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (std::uint64_t{high} << 32) | low;
}

/// Tells the processor (and a hypervisor) that this is a loop that waits.
inline void spin_pause() {
    asm volatile("pause" : : : "memory");
}

}  // namespace heap44::kernel
