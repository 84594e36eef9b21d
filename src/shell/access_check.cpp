// SPDX-License-Identifier: MIT
#include "shell/access_check.hpp"

#include "mm/heap/access.hpp"
#include "shell/code_text.hpp"
#include "shell/cpp_memory.hpp"

namespace heap44::shell {

namespace {

constinit mm::Heap* judged_heap = nullptr;
constinit Platform* running_on = nullptr;
constinit bool checked = true;

ErrorCode code_of(mm::AccessFault::Kind kind) {
    switch (kind) {
        case mm::AccessFault::Kind::overflow:
            return ErrorCode::overflow;
        case mm::AccessFault::Kind::underflow:
            return ErrorCode::underflow;
        case mm::AccessFault::Kind::use_after_free:
            break;
    }
    return ErrorCode::use_after_free;
}

void write_bytes(Output& out, std::int64_t count) {
    print(out, "{} byte{}", count, count == 1 ? "" : "s");
}

void write_block(Output& out, const mm::Block& block) {
    print(out, " #{} ", block.number);
    if (!block.name.empty()) print(out, "\"{}\" ", block.name.view());
    out.write("(");
    write_bytes(out, static_cast<std::int64_t>(block.layout.size));
    out.write(")");
}

/// The rest of the sentence that begins "write of 4 bytes at 0x…".
void write_place(Output& out, const mm::AccessFault& fault, std::int64_t size, Platform& platform) {
    if (fault.block == nullptr) return out.write("where no block is known");
    const mm::Block& block = *fault.block;
    const auto asked = static_cast<std::int64_t>(block.layout.size);
    if (fault.offset < 0) {
        write_bytes(out, -fault.offset);
        out.write(" in front of");
    } else if (!block.is_live()) {
        write_bytes(out, fault.offset);
        out.write(" into");
    } else if (fault.offset == asked) {
        out.write("just past the end of");
    } else {
        const bool begins_inside = fault.offset < asked;
        if (begins_inside) out.write("reaching ");
        write_bytes(out, (begins_inside ? fault.offset + size : fault.offset) - asked);
        out.write(" past the end of");
    }
    write_block(out, block);
    if (!block.is_live()) {
        print(out, ", freed by {} in command {}", code_text(platform, block.freed_by).view(),
              block.freed_in);
    }
}

}  // namespace

void watch_accesses(mm::Heap& heap, Platform& platform) {
    judged_heap = &heap;
    running_on = &platform;
}

bool accesses_are_checked() {
    return checked;
}

void check_accesses(bool on) {
    checked = on;
}

void check_access(VirtAddr address, std::size_t size, Access access, std::uint64_t caller) {
    // Only what the allocating commands do is judged; and while the lock is held it is the design
    // that works on its own words, perhaps through a function that both have in common.
    if (!checked || !CppHeapScope::is_open() || judged_heap->lock().is_taken()) return;
    const auto fault = mm::judge_access(judged_heap->ledger(), address, size);
    if (!fault) return;
    Report report;
    report.code = code_of(fault->kind);
    report.address = address.value;
    report.size = size;
    report.offset = fault->offset;
    if (fault->block != nullptr) report.block = *fault->block;
    report.caller = caller;
    print(report.message, "{} of ", access == Access::read ? "read" : "write");
    write_bytes(report.message, static_cast<std::int64_t>(size));
    print(report.message, " at {:#x}, ", address.value);
    write_place(report.message, *fault, static_cast<std::int64_t>(size), *running_on);
    running_on->stop(report);
}

}  // namespace heap44::shell
