// SPDX-License-Identifier: MIT
// read: reads as C++ code does. This file is compiled with the access checks (see the Makefile), so
// the ledger judges each read before it happens, and a wrong one ends the command with a report.
//
//     asan on     the check stops a wrong read of the heap     overflow, underflow, use-after-free
//     asan off    the read happens                             under guard-page maybe a page-fault
//
// `peek` looks through the machine instead, which nobody judges.

#include <algorithm>
#include <array>

#include "mm/heap/damage/access.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/commands/memory.hpp"
#include "shell/cpp/access_check.hpp"
#include "shell/cpp/cpp_memory.hpp"

namespace heap44::shell::commands {

namespace {

/// So many bytes are one access, as of code that copies what it was told to copy.
constexpr std::uint64_t piece = 4096;

void copy_out(VirtAddr address, std::uint64_t size) {
    static constinit std::array<std::byte, piece> copy{};
    // Somebody uses what was read, as far as the compiler can see.
    [[maybe_unused]] static volatile std::byte seen;
    const CppHeapScope scope;
    std::copy_n(reinterpret_cast<const std::byte*>(address.value), size, copy.begin());
    seen = copy.front();
}

/// The first byte to be read where nothing is mapped, and nobody would survive reading it: what no
/// check stops, and does not stay in a window, whose faults are the heap's.
std::optional<VirtAddr> unreadable(Context& context, VirtAddr address, std::uint64_t size) {
    const mm::Heap& heap = context.heap;
    if (accesses_are_checked() && mm::judge_access(heap.ledger(), address, size)) return {};
    const VirtAddr end = readable_end(context.machine, address, size);
    // A copy need not begin with its first byte.
    const bool faults_in_window =
        heap.is_window() && end >= heap.start() && end < heap.end() && size <= heap.end() - address;
    if (faults_in_window || end - address == size) return {};
    return end;
}

}  // namespace

/// Without a length all that is left of the block's payload, a byte where nothing is.
Reply read(Context& context, const Arguments& arguments) {
    const auto place = parse_place(context.heap, arguments[0]);
    if (!place) return place.error();
    std::uint64_t size = std::clamp<std::uint64_t>(place->left, 1, longest_read);
    if (arguments.size() > 1) {
        const auto given = parse_count("length", arguments[1], longest_read);
        if (!given) return given.error();
        size = *given;
    }
    for (std::uint64_t done = 0; done < size; done += piece) {
        const VirtAddr from = place->address + done;
        const std::uint64_t length = std::min(piece, size - done);
        if (const auto nothing = unreadable(context, from, length)) return unmapped(*nothing);
        copy_out(from, length);
    }
    return Bytes{place->address, size};
}

}  // namespace heap44::shell::commands
