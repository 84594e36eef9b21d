// SPDX-License-Identifier: MIT
#include "kernel/exceptions.hpp"

#include "kernel/backtrace.hpp"
#include "kernel/exception_text.hpp"
#include "kernel/guard.hpp"
#include "kernel/log.hpp"
#include "kernel/machine.hpp"
#include "kernel/new.hpp"
#include "kernel/page_fault_text.hpp"
#include "kernel/symbols.hpp"
#include "kernel/watched_writes.hpp"
#include "kernel/x86_64/cpu.hpp"
#include "kernel/x86_64/stacks.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/explain/heap_place.hpp"

namespace heap44::kernel {

namespace {

bool is(const TrapFrame& frame, Exception exception) {
    return frame.vector == static_cast<std::uint64_t>(exception);
}

/// In the order in which people read them: where, on which stack, then the rest.
void add_registers(shell::Report& report, const TrapFrame& frame, std::uint64_t fault_address) {
    report.registers = {{
        {"rip", frame.rip}, {"rsp", frame.rsp}, {"rflags", frame.rflags}, {"rax", frame.rax},
        {"rbx", frame.rbx}, {"rcx", frame.rcx}, {"rdx", frame.rdx},       {"rsi", frame.rsi},
        {"rdi", frame.rdi}, {"rbp", frame.rbp}, {"r8", frame.r8},         {"r9", frame.r9},
        {"r10", frame.r10}, {"r11", frame.r11}, {"r12", frame.r12},       {"r13", frame.r13},
        {"r14", frame.r14}, {"r15", frame.r15}, {"cr2", fault_address},   {"cr3", read_cr3()},
        {"cs", frame.cs},   {"ss", frame.ss},
    }};
    report.register_count = 22;
}

// After a jump to where no code is, the stack's top still tells which call it was.
std::uint64_t failing_code(const TrapFrame& frame) {
    // A jump to an address without code faults when the processor wants to read there: RIP is that
    // address.
    const bool jumped_astray = is(frame, Exception::page_fault) && frame.rip == read_cr2();
    const std::uint64_t from = jumped_astray ? stack_word(frame.rsp) : 0;
    // Only if that word is an address of code: a jump pushes nothing.
    return describe_code(from) ? from - 1 : frame.rip;
}

// A stack that overflows faults in the guard area below it. When not even the page fault could be
// delivered, the stack pointer tells.
bool is_stack_overflow(const TrapFrame& frame, std::uint64_t fault_address) {
    if (is(frame, Exception::page_fault)) return stack_guarded_at({fault_address}) != nullptr;
    return is(frame, Exception::double_fault) && stack_guarded_at({frame.rsp - 1}) != nullptr;
}

/// The most special code first: a stack overflow is a page fault, too.
shell::ErrorCode code_for(const TrapFrame& frame, std::uint64_t fault_address) {
    if (is_stack_overflow(frame, fault_address)) return shell::ErrorCode::stack_overflow;
    if (is(frame, Exception::page_fault)) return shell::ErrorCode::page_fault;
    return shell::ErrorCode::cpu_fault;
}

/// One line: what was done, to which place, and which function did it.
void write_message(shell::Report& report, const TrapFrame& frame, std::uint64_t fault_address) {
    Output& message = report.message;
    // The code that is shown in front of it says already that it is a page fault.
    if (!is(frame, Exception::page_fault)) message.write(report.exception);
    if (is(frame, Exception::page_fault)) {
        print(message, "{} of {:#x} (", access_name(frame.error_code), fault_address);
        const mm::Heap* heap = heap_if_made();
        if (heap == nullptr || !shell::place_in_window(report, message, *heap, {fault_address})) {
            write_place(message, {fault_address}, frame.error_code);
            if (report.block) {
                message.write("; ");
                shell::write_place(message, *report.block, report.offset);
            }
        }
        message.write(")");
    } else if (!report.explanation.empty()) {
        print(message, ": {},", report.explanation.view());
    }
    print(message, " at {}",
          shell::code_text(machine(), failing_code(frame), shell::CodeUse::instruction).view());
}

/// Whether the interrupted computation can continue, once the exception has been noted.
bool goes_on(const TrapFrame& frame) {
    // A non-maskable interrupt is not the fault of the code that it interrupts.
    return is(frame, Exception::breakpoint) || is(frame, Exception::debug) ||
           is(frame, Exception::non_maskable);
}

}  // namespace

void place_in_heap(shell::Report& report) {
    const mm::Heap* heap = heap_if_made();
    if (heap != nullptr) shell::note_nearest(report, *heap, {*report.address});
}

void describe_exception(shell::Report& report, const TrapFrame& frame, std::uint64_t fault_address,
                        std::uint64_t debug_status) {
    report.code = code_for(frame, fault_address);
    report.exception = exception_name(frame.vector);
    report.vector = static_cast<std::uint8_t>(frame.vector);
    report.error_code = frame.error_code;
    report.caller = failing_code(frame);
    if (is(frame, Exception::page_fault)) {
        report.address = fault_address;
        report.access = access_of(frame.error_code);
        place_in_heap(report);
    }
    write_explanation(report.explanation, frame, debug_status);
    write_message(report, frame, fault_address);
    add_registers(report, frame, fault_address);
    add_backtrace(report, frame.rbp);
}

void handle_exception(TrapFrame& frame) {
    // Read first: a page fault in what follows would overwrite them.
    const std::uint64_t fault_address = read_cr2();
    const std::uint64_t debug_status = read_dr6();
    // A watched write is no fault: it is noted for the command's answer, and the code goes on.
    if (is(frame, Exception::debug) && note_watched_writes(frame, debug_status)) return;
    // From here on a second exception means that reporting failed.
    shell::Report& report = start_report(exception_name(frame.vector), frame.rip);
    describe_exception(report, frame, fault_address, debug_status);
    log_line("{}: {}", name(report.code), report.message.view());
    // The processor would shut down at a second one while it takes the first for unanswered.
    if (is(frame, Exception::machine_check)) write_msr(machine_check_status, 0);
    if (!goes_on(frame)) stop(report);
    write_dr6(0);
    // Else the next instruction would report again, and so on for ever.
    frame.rflags &= ~flag_trap;
    finish_report();
}

}  // namespace heap44::kernel
