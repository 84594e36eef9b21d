// SPDX-License-Identifier: MIT
#include "shell/lab/benchmark.hpp"

#include <algorithm>

#include "mm/heap/heap.hpp"
#include "shell/lab/workloads.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/safe_point.hpp"

namespace heap44::shell {

namespace {

using Kind = BenchRow::Kind;

/// A row takes about so long for each design at most, however slow machine and design are.
constexpr std::uint64_t time_for_a_row = 50'000'000;
/// A fast design is done sooner, with 101 batches; a slow one is measured five times at least. The
/// median leaves out what an interrupt took.
constexpr std::size_t least_batches = 5;
constexpr std::size_t most_batches = 101;

/// Repeats the batch, the first time as a warm-up.
BenchResult time_batches(Workload& workload, mm::BareDesign& heap, Context& context) {
    BenchResult result;
    const Machine& machine = context.machine;
    SafePoint safe_point(context.terminal, context.guard);
    std::array<double, most_batches> figures;
    std::size_t count = 0;
    // The first run warms up caches, and shows whether the workload fits at all.
    if (!workload.set_up(heap)) return result;
    workload.draw();
    if (!workload.run(heap)) return result;
    const std::uint64_t begin = machine.nanoseconds();
    for (std::uint64_t now = begin;
         count < least_batches || (count < most_batches && now - begin < time_for_a_row);) {
        safe_point.stop_if_asked();
        workload.draw();
        const std::uint64_t start = machine.nanoseconds();
        const bool fits = workload.run(heap);
        now = machine.nanoseconds();
        if (!fits) return result;
        figures[count++] =
            static_cast<double>(now - start) / static_cast<double>(workload.operations());
        result.operations += workload.operations();
    }
    // The median: the middle one of the sorted figures, without sorting all of them.
    const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(figures.begin(), middle, figures.begin() + static_cast<std::ptrdiff_t>(count));
    result.figure = *middle;
    return result;
}

// Each workload lies on the stack while it is measured; its slots lie beside the heap.
BenchResult time_row(const BenchRow& row, mm::BareDesign& heap, std::span<Slot> slots,
                     Context& context) {
    const std::span used = slots.first(row.count);
    if (row.kind == Kind::replacement) {
        RandomReplacement workload(used, row.largest);
        return time_batches(workload, heap, context);
    }
    if (row.kind == Kind::holes) {
        ManyHoles workload(used);
        return time_batches(workload, heap, context);
    }
    if (row.kind == Kind::stack) {
        LastInFirstOut workload(used);
        return time_batches(workload, heap, context);
    }
    GrowingVectors workload(used);
    return time_batches(workload, heap, context);
}

/// W4: how much payload is live at the most, in percent of the heap.
BenchResult fill(const BenchRow& row, mm::BareDesign& heap, std::span<Slot> slots,
                 std::size_t heap_size, Context& context) {
    SafePoint safe_point(context.terminal, context.guard);
    const Fitted fitted =
        fill_heap(heap, slots, row.kind == Kind::filling ? Filling::fill : Filling::churn,
                  row.largest == 256 ? Sizes::even_to_256 : Sizes::log_uniform_to_4096, safe_point);
    BenchResult result{.operations = fitted.operations};
    if (fitted.peak_payload > 0) {
        result.figure =
            100 * static_cast<double>(fitted.peak_payload) / static_cast<double>(heap_size);
    }
    return result;
}

}  // namespace

BenchResult measure(const BenchRow& row, Context& context) {
    BenchResult result;
    mm::Heap& heap = context.heap;
    // The scratch memory is as large as the heap, so it has a slot for each block that fits in
    // there.
    heap.lend_design([&](mm::BareDesign& design, std::span<std::byte> scratch) {
        const std::span slots(reinterpret_cast<Slot*>(scratch.data()),
                              scratch.size() / sizeof(Slot));
        result = row.counts_payload() ? fill(row, design, slots, heap.size(), context)
                                      : time_row(row, design, slots, context);
    });
    result.design = heap.design();
    return result;
}

}  // namespace heap44::shell
