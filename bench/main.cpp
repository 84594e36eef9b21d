// SPDX-License-Identifier: MIT
// `make bench`: every workload on every subject, one line each, named WORKLOAD/ROW/SUBJECT.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <sched.h>
#include <string>
#include <vector>

#include "fit.hpp"
#include "lib/address_plan.hpp"
#include "lib/panic.hpp"
#include "region.hpp"
#include "subject.hpp"
#include "trace.hpp"
#include "workloads.hpp"

void heap44::panic(PanicKind, std::string_view message, std::uint64_t, std::uint64_t,
                   std::uint64_t) {
    std::fprintf(stderr, "panic: %.*s\n", static_cast<int>(message.size()), message.data());
    std::abort();
}

namespace heap44::bench {

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

std::span<std::byte> heap_region(std::size_t size) {
    static Memory memory(reinterpret_cast<void*>(heap_start.value));
    return memory.touched(size);
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

using Clock = std::chrono::steady_clock;

/// Repetitions until the library has seen enough; the figure is their median, in ns an operation.
void time_workload(benchmark::State& state, const Subject& subject, std::size_t heap_size,
                   Workload& workload) {
    if (subject.has_region()) subject.start(heap_region(heap_size));
    bool is_possible = workload.setup(subject);
    std::vector<double> figures;
    const auto repeat = [&] {
        workload.draw();
        const auto start = Clock::now();
        is_possible = is_possible && workload.run(subject);
        return std::chrono::duration<double>(Clock::now() - start).count();
    };
    if (is_possible) repeat();
    for (auto _ : state) {
        figures.push_back(is_possible ? repeat() : 1);
        state.SetIterationTime(figures.back());
    }
    workload.teardown(subject);
    if (!is_possible) state.SkipWithError("does not fit");
    state.counters["ns"] =
        median(std::move(figures)) * 1e9 / static_cast<double>(workload.operations());
}

struct Row {
    const char* name;
    std::size_t heap_size;
    std::unique_ptr<Workload> (*make)();
};

template <class W, auto... arguments>
std::unique_ptr<Workload> make() {
    return std::make_unique<W>(arguments...);
}

template <std::size_t holes, std::size_t hole, std::size_t between, std::size_t request,
          std::size_t align = 8>
std::unique_ptr<Workload> make_holes() {
    return std::make_unique<ManyHoles>(holes, ManyHoles::Sizes{hole, between, request, align});
}

/// The same, but the request fits into a hole behind the others, not into the rest of the heap.
template <std::size_t holes, std::size_t hole, std::size_t request, std::size_t align = 8>
std::unique_ptr<Workload> make_worst() {
    const ManyHoles::Sizes sizes{hole, 16, request, align, 2 * request};
    return std::make_unique<ManyHoles>(holes, sizes);
}

constexpr Row rows[] = {
    {"W1/100 KiB, L=100, M=256", 100 * kib, make<RandomReplacement, 100, 256>},
    {"W1/100 KiB, L=1000, M=64", 100 * kib, make<RandomReplacement, 1000, 64>},
    {"W1/64 MiB, L=1000, M=256", 64 * mib, make<RandomReplacement, 1000, 256>},
    {"W1/64 MiB, L=10000, M=256", 64 * mib, make<RandomReplacement, 10000, 256>},
    {"W1/64 MiB, L=10000, M=4096", 64 * mib, make<RandomReplacement, 10000, 4096>},
    {"W2/dense, N=10", 64 * mib, make_holes<10, 48, 16, 96>},
    {"W2/dense, N=100", 64 * mib, make_holes<100, 48, 16, 96>},
    {"W2/dense, N=1000", 64 * mib, make_holes<1000, 48, 16, 96>},
    {"W2/dense, N=10000", 64 * mib, make_holes<10000, 48, 16, 96>},
    {"W2/spread, N=10000", 64 * mib, make_holes<10000, 48, 4032, 96>},
    {"W3/D=64", 100 * kib, make<LastInFirstOut, 64>},
    {"W3/D=400", 100 * kib, make<LastInFirstOut, 400>},
    {"worst/8 too large, N=100", 64 * mib, make_worst<100, 104, 96>},
    {"worst/8 too large, N=10000", 64 * mib, make_worst<10000, 104, 96>},
    {"worst/8 too large, N=100000", 64 * mib, make_worst<100000, 104, 96>},
    {"worst/1 KiB and 8 too large, N=10000", 64 * mib, make_worst<10000, 1032, 1024>},
    {"worst/aligned to 64, N=10000", 64 * mib, make_worst<10000, 48, 96, 64>},
};

struct Fit {
    const char* name;
    std::size_t heap_size;
    Filling filling;
    Sizes sizes;
};

constexpr Fit fits[] = {
    {"W4/100 KiB fill 1..256", 100 * kib, Filling::fill, Sizes::even_to_256},
    {"W4/100 KiB churn 1..256", 100 * kib, Filling::churn, Sizes::even_to_256},
    {"W4/100 KiB fill 16..4096", 100 * kib, Filling::fill, Sizes::log_uniform_to_4096},
    {"W4/64 MiB fill 1..256", 64 * mib, Filling::fill, Sizes::even_to_256},
};

/// Of the measurements the least counts: what else the machine does can only add to a time.
benchmark::internal::Benchmark* register_row(const std::string& row, const Subject& subject,
                                             const std::function<void(benchmark::State&)>& run) {
    const auto least = [](const std::vector<double>& values) { return std::ranges::min(values); };
    return benchmark::RegisterBenchmark((row + "/" + std::string(subject.name)).c_str(), run)
        ->ComputeStatistics("least", least);
}

void register_timed(const std::string& row, const Subject& subject, std::size_t heap_size,
                    std::function<std::unique_ptr<Workload>()> make) {
    register_row(row, subject, [=](benchmark::State& state) {
        time_workload(state, subject, heap_size, *make());
    })->UseManualTime();
}

/// For figures that are not times: `measure` is called once.
void register_figure(const std::string& row, const Subject& subject, std::size_t heap_size,
                     const char* unit, std::function<double()> measure) {
    register_row(row, subject, [=](benchmark::State& state) {
        for (auto _ : state) {
            subject.start(heap_region(heap_size));
            state.counters[unit] = measure();
        }
    })->Iterations(1);
}

void register_fits(const Subject& subject) {
    for (const Fit& fit : fits) {
        register_figure(fit.name, subject, fit.heap_size, "percent", [=] {
            return payload_percent(subject, fit.heap_size, fit.filling, fit.sizes);
        });
    }
}

/// The peak of a trace's addresses where blocks are resized in place, as a share of that where they
/// are always moved.
void register_growth(const Trace& trace, const Subject& subject) {
    constexpr std::size_t size = 64 * mib;
    register_figure("growth/" + trace.name, subject, size, "percent_of_moving", [=] {
        const std::byte* heap = heap_region(size).data();
        const auto in_place = peak_address_use(trace, subject, heap);
        Subject moving = subject;
        moving.reallocate = subject.move;
        subject.start(heap_region(size));
        return 100 * static_cast<double>(in_place) /
               static_cast<double>(peak_address_use(trace, moving, heap));
    });
}

/// Row by row, so that what is compared is measured at nearly the same time.
void register_all() {
    static const std::vector<Trace> traces = read_traces(HEAP44_TRACES);
    std::vector<Subject> subjects = our_subjects();
    std::ranges::move(peer_subjects(), std::back_inserter(subjects));
    for (const Row& row : rows) {
        for (const Subject& subject : subjects) {
            register_timed(row.name, subject, row.heap_size, row.make);
        }
    }
    for (const Trace& trace : traces) {
        for (const Subject& subject : subjects) {
            register_timed("W5/" + trace.name, subject, 64 * mib,
                           [&trace] { return std::make_unique<TraceRun>(trace); });
        }
    }
    for (const Subject& subject : subjects) {
        if (!subject.has_region() || subject.name == "harness") continue;
        register_fits(subject);
        for (const Trace& trace : traces) register_growth(trace, subject);
    }
}

void pin_to_last_core() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)) - 1, &cores);
    if (sched_setaffinity(0, sizeof cores, &cores) != 0) std::perror("cannot pin to a core");
}

}  // namespace

}  // namespace heap44::bench

int main(int count, char** arguments) {
    heap44::bench::pin_to_last_core();
    heap44::bench::register_all();
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return EXIT_FAILURE;
    benchmark::RunSpecifiedBenchmarks();
}
