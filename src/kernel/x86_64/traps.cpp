// SPDX-License-Identifier: MIT
#include "kernel/x86_64/traps.hpp"

#include <atomic>

#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/gdt.hpp"
#include "kernel/x86_64/pic.hpp"
#include "kernel/x86_64/stacks.hpp"
#include "kernel/x86_64/watchpoints.hpp"

namespace heap44::kernel {

namespace {

/// A 64-bit gate (Intel SDM volume 3, 6.14.1, "64-Bit Mode IDT").
struct Gate {
    std::uint16_t address_low;
    std::uint16_t selector;
    std::uint8_t stack;
    std::uint8_t type;
    std::uint16_t address_middle;
    std::uint32_t address_high;
    std::uint32_t reserved;
};
static_assert(sizeof(Gate) == 16, "the processor's layout");

/// What `lidt` reads.
struct [[gnu::packed]] TablePointer {
    std::uint16_t limit;
    std::uint64_t base;
};

// Present, for the kernel alone, interrupts off on entry.
constexpr std::uint8_t interrupt_gate = 0x8e;
/// Stubs are equally long, so a vector's address can be computed.
constexpr std::size_t stub_size = 16;

extern "C" const std::array<std::byte, stub_size> trap_stubs[256];

constinit std::array<Gate, 256> gates{};
constinit std::array<IrqHandler, irq_count> irq_handlers{};
constinit InterruptController* controller = nullptr;
constinit std::atomic<std::uint16_t> unanswered_irqs = 0;
constinit ExceptionHandler on_exception = nullptr;

/// An exception gets a stack of its own in two cases: the stack itself may be what is broken (page,
/// stack and double fault), or it can come at any moment, between two instructions that must not be
/// torn apart (non-maskable interrupt, machine check).
constexpr InterruptStack stack_for(std::size_t vector) {
    switch (static_cast<Exception>(vector)) {
        case Exception::double_fault:
            return InterruptStack::double_fault;
        case Exception::non_maskable:
            return InterruptStack::non_maskable;
        case Exception::page_fault:
            return InterruptStack::page_fault;
        case Exception::stack_segment:
            return InterruptStack::stack_fault;
        case Exception::machine_check:
            return InterruptStack::machine_check;
        default:
            return InterruptStack::none;
    }
}

Gate gate_for(std::size_t vector) {
    const std::uint64_t stub = address_of(&trap_stubs[vector]).value;
    return {
        .address_low = static_cast<std::uint16_t>(stub),
        .selector = code_selector,
        .stack = static_cast<std::uint8_t>(stack_for(vector)),
        .type = interrupt_gate,
        .address_middle = static_cast<std::uint16_t>(stub >> 16),
        .address_high = static_cast<std::uint32_t>(stub >> 32),
        .reserved = 0,
    };
}

/// The table's limit decides how many vectors have a gate; so gates are taken away without a write.
void load_gates(std::size_t count) {
    const auto limit = static_cast<std::uint16_t>(count * sizeof(Gate) - 1);
    const TablePointer pointer{limit, address_of(&gates).value};
    asm volatile("lidt %0" : : "m"(pointer) : "memory");
}

// A line may fall silent before the processor has asked which one it was. Then the controller
// answers with its last line (7 or 15), and nothing is in service.
bool is_spurious(std::uint8_t irq) {
    return irq % 8 == 7 && !controller->in_service(irq);
}

void handle_irq(std::uint8_t irq) {
    if (is_spurious(irq)) return controller->dismiss(irq);
    // First, because the handler may be abandoned. Interrupts are off until it returns, so the
    // line cannot interrupt its own handler.
    controller->acknowledge(irq);
    if (irq_handlers[irq] != nullptr) return irq_handlers[irq]();
    controller->mask(irq);
    unanswered_irqs |= static_cast<std::uint16_t>(1U << irq);
}

/// Called by trap_entry for every vector.
extern "C" void handle_trap(TrapFrame* frame);
extern "C" void handle_trap(TrapFrame* frame) {
    const std::uint64_t irq = frame->vector - first_irq_vector;
    if (irq < irq_count) {
        handle_irq(static_cast<std::uint8_t>(irq));
    } else {
        on_exception(*frame);
    }
}

}  // namespace

void initialize_traps(ExceptionHandler handler) {
    on_exception = handler;
    initialize_segments();
    for (std::size_t vector = 0; vector < gates.size(); ++vector) gates[vector] = gate_for(vector);
    load_gates(gates.size());
    // Without this a machine check resets the machine, without a word.
    write_cr4(read_cr4() | cr4_machine_check);
    pic().initialize();
    controller = &pic();
}

void use_controller(InterruptController& which) {
    controller = &which;
}

void set_irq_handler(std::uint8_t irq, IrqHandler handler) {
    const InterruptsOff off;
    irq_handlers[irq] = handler;
    controller->unmask(irq);
}

void unmask_irq(std::uint8_t irq) {
    const InterruptsOff off;
    controller->unmask(irq);
}

void mask_irq(std::uint8_t irq) {
    const InterruptsOff off;
    controller->mask(irq);
}

std::uint16_t take_unanswered_irqs() {
    return unanswered_irqs.exchange(0);
}

void recover_processor() {
    // What the abandoned code may have left: too few gates, other watchpoints, floating point
    // switched off, page rights or alignment checks switched.
    load_gates(gates.size());
    load_watchpoints();
    write_cr0((read_cr0() | cr0_write_protect) &
              ~(cr0_task_switched | cr0_emulation | cr0_alignment_mask));
    // A fault while the processor entered a handler leaves the line unanswered.
    for (std::uint8_t irq = 0; irq < irq_count; ++irq) {
        if (controller->in_service(irq)) controller->acknowledge(irq);
    }
}

void withhold_gates_behind_double_fault() {
    load_gates(static_cast<std::size_t>(Exception::double_fault) + 1);
}

}  // namespace heap44::kernel
