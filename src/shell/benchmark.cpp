// SPDX-License-Identifier: MIT
#include "shell/benchmark.hpp"

#include <algorithm>

#include "shell/workloads.hpp"

namespace heap44::shell {

namespace {

using Kind = BenchRow::Kind;

/// A row takes so long for each design, more or less, however fast machine and design are.
constexpr std::uint64_t time_for_a_row = 50'000'000;
constexpr std::size_t least_batches = 5;
constexpr std::size_t most_batches = 101;

/// Repeats the batch, the first time as a warm-up.
BenchResult time_batches(Workload& workload, mm::BareDesign& heap, Platform& platform) {
    BenchResult result;
    SafePoint safe_point(platform);
    std::array<double, most_batches> figures;
    std::size_t count = 0;
    if (!workload.set_up(heap)) return result;
    workload.draw();
    if (!workload.run(heap)) return result;
    const std::uint64_t begin = platform.nanoseconds();
    for (std::uint64_t now = begin;
         count < least_batches || (count < most_batches && now - begin < time_for_a_row);) {
        safe_point.stop_if_asked();
        workload.draw();
        const std::uint64_t start = platform.nanoseconds();
        const bool fits = workload.run(heap);
        now = platform.nanoseconds();
        if (!fits) return result;
        figures[count++] =
            static_cast<double>(now - start) / static_cast<double>(workload.operations());
        result.operations += workload.operations();
    }
    const auto middle = figures.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(figures.begin(), middle, figures.begin() + static_cast<std::ptrdiff_t>(count));
    result.figure = *middle;
    return result;
}

BenchResult time_row(const BenchRow& row, mm::BareDesign& heap, std::span<Slot> slots,
                     Platform& platform) {
    const std::span used = slots.first(row.count);
    if (row.kind == Kind::replacement) {
        RandomReplacement workload(used, row.largest);
        return time_batches(workload, heap, platform);
    }
    if (row.kind == Kind::holes) {
        ManyHoles workload(used);
        return time_batches(workload, heap, platform);
    }
    if (row.kind == Kind::stack) {
        LastInFirstOut workload(used);
        return time_batches(workload, heap, platform);
    }
    GrowingVectors workload(used);
    return time_batches(workload, heap, platform);
}

BenchResult fill(const BenchRow& row, mm::BareDesign& heap, std::span<Slot> slots,
                 std::size_t heap_size, Platform& platform) {
    SafePoint safe_point(platform);
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

/// A measurement under guard.
class MeasureTask final : public Task {
public:
    MeasureTask(const BenchRow& row, Context& context, BenchResult& result)
        : row_(row), context_(context), result_(result) {}
    void run() override { result_ = measure(row_, context_.heap, context_.platform); }

private:
    const BenchRow& row_;
    Context& context_;
    BenchResult& result_;
};

}  // namespace

FixedText<40> BenchRow::name() const {
    switch (kind) {
        case Kind::replacement:
            return format_fixed<40>("W1 L={} M={}", count, largest);
        case Kind::holes:
            return format_fixed<40>("W2 N={}", count);
        case Kind::stack:
            return format_fixed<40>("W3 D={}", count);
        case Kind::filling:
            return format_fixed<40>("W4 fill {}..{}", largest == 256 ? 1 : 16, largest);
        case Kind::churning:
            return format_fixed<40>("W4 churn {}..{}", largest == 256 ? 1 : 16, largest);
        case Kind::vectors:
            break;
    }
    return format_fixed<40>("W5 vectors={}", count);
}

std::string_view BenchRow::title() const {
    switch (kind) {
        case Kind::replacement:
            return "random blocks of L are replaced";
        case Kind::holes:
            return "N holes before the one that fits";
        case Kind::stack:
            return "D blocks, last in, first out";
        case Kind::filling:
            return "allocated until nothing fits";
        case Kind::churning:
            return "allocated and freed until it is full";
        case Kind::vectors:
            break;
    }
    return "vectors that grow side by side";
}

std::array<BenchRow, bench_row_count> bench_rows(std::size_t heap_size) {
    const auto scaled = [&](std::size_t count) {
        return std::clamp<std::size_t>(count * heap_size / default_heap_size, 1, 10'000);
    };
    return {{{Kind::replacement, scaled(100), 256},
             {Kind::replacement, scaled(1000), 64},
             {Kind::holes, scaled(10), 96},
             {Kind::holes, scaled(1000), 96},
             {Kind::stack, scaled(64), 256},
             {Kind::stack, scaled(400), 256},
             {Kind::filling, 0, 256},
             {Kind::churning, 0, 256},
             {Kind::filling, 0, 4096},
             {Kind::vectors, scaled(16), 3072}}};
}

BenchResult measure(const BenchRow& row, mm::Heap& heap, Platform& platform) {
    BenchResult result;
    heap.lend_design([&](mm::BareDesign& design, std::span<std::byte> scratch) {
        const std::span slots(reinterpret_cast<Slot*>(scratch.data()),
                              scratch.size() / sizeof(Slot));
        result = row.counts_payload() ? fill(row, design, slots, heap.size(), platform)
                                      : time_row(row, design, slots, platform);
    });
    result.design = heap.design();
    return result;
}

void BenchRun::measure_guarded(const BenchRow& row, std::string_view design) {
    context_.heap.select(design);
    MeasureTask task(row, context_, result_);
    const Report* report = context_.platform.run_guarded(task);
    if (report == nullptr) return;
    stopped_ = Stopped{.report = *report};
    if (report->code == ErrorCode::interrupted) context_.platform.interrupt_served();
}

}  // namespace heap44::shell
