// SPDX-License-Identifier: MIT
#include "shell/explain/shortage.hpp"

#include <limits>

#include "lib/align.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::shell {

namespace {

using Reason = mm::Failure::Reason;

/// What there is, and what it says of a request that no hole was given to.
struct Holes {
    mm::Hole largest{};
    std::size_t free = 0;
    /// Why the largest, which has so many bytes, was not taken; empty where it has not.
    std::string_view obstacle;
    bool fragmented = false;
};

Holes look_at_holes(const mm::Heap& heap, const FailedRequest& request) {
    Holes holes;
    heap.for_each_hole([&](const mm::Hole& hole) {
        holes.free += hole.size;
        if (hole.size > holes.largest.size) holes.largest = hole;
        return true;
    });
    const mm::Layout layout = request.layout;
    // Of several blocks it may have given some.
    if (holes.largest.size >= layout.size && request.fitted == 0) {
        const std::string_view obstacle = heap.obstacle(holes.largest, layout);
        holes.obstacle = obstacle.empty() ? "not among the holes that are looked at" : obstacle;
    }
    holes.fragmented =
        holes.largest.size < holes.free && heap.would_fit(holes.free, layout, request.count);
    return holes;
}

/// Whether it was for want of a hole that it failed.
bool is_about_holes(Reason reason) {
    return reason == Reason::no_hole || reason == Reason::design;
}

/// Then no hole whatever would do.
bool lacks_alignment(const mm::Heap& heap, std::size_t align) {
    const auto first = checked_align_up(heap.start().value, align);
    return !first || *first >= heap.end().value;
}

void print_holes(Output& output, const mm::Heap& heap, const FailedRequest& request) {
    const std::size_t align = request.layout.align;
    if (lacks_alignment(heap, align)) {
        return print(output, ": no address in the heap is a multiple of {}", align);
    }
    const Holes holes = look_at_holes(heap, request);
    print(output, "; the largest hole has {} bytes", holes.largest.size);
    if (!holes.obstacle.empty()) print(output, " ({})", holes.obstacle);
    print(output, ", {} are free in all", holes.free);
    if (holes.fragmented) {
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
    const Holes holes = look_at_holes(heap, request);
    const auto [size, count] = std::pair(request.layout.size, request.count);
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const bool fits = size == 0 || count <= most / size;
    return {.reason = reason,
            .asked = fits ? size * count : most,
            .largest = holes.largest.size,
            .free = holes.free,
            .fragmented = is_about_holes(reason) && holes.fragmented};
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
    print_holes(output, heap, request);
}

void print_reason(Output& output, const mm::Heap& heap, const FailedRequest& request) {
    const Reason reason = heap.failure_reason(request.layout);
    if (is_about_holes(reason)) return print_holes(output, heap, request);
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
