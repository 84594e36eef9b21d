// SPDX-License-Identifier: MIT
#include "host/faults.hpp"

#include <csignal>
#include <ucontext.h>

#include "host/guard.hpp"
#include "host/heap.hpp"
#include "host/machine.hpp"
#include "host/written_pages.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/explain/heap_place.hpp"

namespace heap44::host {

namespace {

// What the processor calls it, so that reports look like the kernel's: vector 14, and bit 1 of the
// error code for a write.
constexpr std::uint8_t page_fault_vector = 14;
constexpr std::uint64_t fault_write = 1U << 1;

// Who handled the signal before: a sanitizer, or nobody.
struct sigaction action_before;

/// The kernel's words, with what Linux tells of the same exception.
shell::Report describe(VirtAddr address, std::uint64_t code, std::uint64_t error_code) {
    const auto access =
        (error_code & fault_write) != 0 ? shell::Access::write : shell::Access::read;
    shell::Report report;
    report.code = shell::ErrorCode::page_fault;
    report.exception = "page fault";
    report.vector = page_fault_vector;
    report.error_code = error_code;
    report.address = address.value;
    report.access = access;
    report.caller = code;
    print(report.explanation, "{} of a page that is not mapped", name(access));
    print(report.message, "{} of {:#x} (", name(access), address.value);
    shell::place_in_window(report, report.message, heap(), address);
    print(report.message, ") at {}",
          shell::code_text(machine(), code, shell::CodeUse::instruction).view());
    return report;
}

/// Runs as a signal handler, on the stack of the code that touched the window. It may jump out of
/// there, because that code is given up as a whole.
void on_fault(int, siginfo_t* info, void* context) {
    const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
    const VirtAddr address = address_of(info->si_addr);
    const auto error_code = static_cast<std::uint64_t>(registers[REG_ERR]);
    if ((error_code & fault_write) != 0 && written_pages().allow(address)) return;
    // Only addresses of the window are the heap's business; all else is a mistake of the program.
    if (heap().is_window() && address >= heap().start() && address < heap().end()) {
        guard().stop(describe(address, static_cast<std::uint64_t>(registers[REG_RIP]), error_code));
    }
    // The instruction runs again when this returns. Then the handler that was there before gets the
    // signal.
    sigaction(SIGSEGV, &action_before, nullptr);
}

}  // namespace

// The handler does not return, and so the signal must stay allowed while it runs.
void catch_faults() {
    struct sigaction action{};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGSEGV, &action, &action_before);
    written_pages().faults_arrive();
}

}  // namespace heap44::host
