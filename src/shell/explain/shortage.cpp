// SPDX-License-Identifier: MIT
#include "shell/explain/shortage.hpp"

#include <limits>

#include "mm/heap/heap.hpp"

namespace heap44::shell {

namespace {

using Reason = mm::Failure::Reason;

/// Whether it was for want of a hole that it failed.
bool is_about_holes(Reason reason) {
    return reason == Reason::no_hole || reason == Reason::design;
}

void print_holes(Output& output, const MemoryShortage& shortage) {
    print(output, "; the largest hole has {} bytes, {} are free in all", shortage.largest,
          shortage.free);
    if (shortage.fragmented) {
        output.write(": that would do, in one piece; fragmentation is the cause");
    }
}

/// Of several blocks as many as would have fitted.
void print_request(Output& output, const FailedRequest& request) {
    const mm::Layout layout = request.layout;
    print(output, "{} byte{} (align {})", layout.size, plural(layout.size), layout.align);
    if (request.count > 1) {
        print(output, ", {} times: {} would fit", request.count, request.fitted);
    }
}

void print_lack_of_records(Output& output) {
    print(output, "the ledger has records for {} live blocks, no more", mm::Ledger::most_live);
}

}  // namespace

MemoryShortage shortage_of(const mm::Heap& heap, const FailedRequest& request) {
    const Reason reason = heap.failure_reason(request.layout);
    const mm::HeapStats stats = heap.stats();
    const auto [size, count] = std::pair(request.layout.size, request.count);
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const bool fits = size == 0 || count <= most / size;
    const std::uint64_t asked = fits ? size * count : most;
    return {.reason = reason,
            .asked = asked,
            .largest = stats.largest,
            .free = stats.free,
            .fragmented = is_about_holes(reason) && stats.free >= asked && stats.largest < asked};
}

void print_failure(Output& output, const mm::Heap& heap, const FailedRequest& request) {
    const mm::Layout layout = request.layout;
    switch (heap.failure_reason(layout)) {
        case Reason::failafter:
            return print(output,
                         "'failafter' let an allocation of {} byte{} (align {}) fail; nothing was "
                         "taken",
                         layout.size, plural(layout.size), layout.align);
        case Reason::no_record:
            return print_lack_of_records(output);
        case Reason::no_memory:
            output.write("the machine has no memory left to map for ");
            return print_request(output, request);
        case Reason::no_hole:
        case Reason::design:
            break;
    }
    output.write("no hole fits ");
    print_request(output, request);
    print_holes(output, shortage_of(heap, request));
}

void print_reason(Output& output, const mm::Heap& heap, const FailedRequest& request) {
    const Reason reason = heap.failure_reason(request.layout);
    if (is_about_holes(reason)) return print_holes(output, shortage_of(heap, request));
    output.write("; ");
    if (reason == Reason::no_record) return print_lack_of_records(output);
    output.write(in_short(reason));
}

std::string_view in_short(Reason reason) {
    switch (reason) {
        case Reason::failafter:
            return "'failafter' let it fail";
        case Reason::no_record:
            return "the ledger has no record left";
        case Reason::no_memory:
            return "the machine has no memory left to map";
        case Reason::no_hole:
        case Reason::design:
            break;
    }
    return "no hole fits";
}

}  // namespace heap44::shell
