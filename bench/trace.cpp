// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

namespace heap44::bench {

namespace {

Trace read_trace(const std::filesystem::path& path) {
    Trace trace{.name = path.stem().string()};
    std::ifstream file(path);
    std::size_t ignored = 0;
    file >> ignored >> trace.ids >> ignored >> ignored;
    for (TraceStep step{}; file >> step.operation >> step.id;) {
        step.size = 0;
        if (step.operation != 'f') file >> step.size;
        trace.steps.push_back(step);
    }
    return trace;
}

bool perform(const TraceStep& step, const Subject& subject, Slot& slot) {
    if (step.operation == 'f') {
        subject.deallocate(slot.block, slot.size, 8);
        return true;
    }
    slot.block = step.operation == 'a' ? subject.allocate(step.size, 8)
                                       : subject.reallocate(slot.block, slot.size, 8, step.size);
    slot.size = step.size;
    return slot.block != nullptr;
}

}  // namespace

std::vector<Trace> read_traces(const std::filesystem::path& directory) {
    std::vector<Trace> traces;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.path().extension() == ".rep") traces.push_back(read_trace(entry.path()));
    }
    std::ranges::sort(traces, {}, &Trace::name);
    return traces;
}

bool TraceRun::run(const Subject& subject) {
    return std::ranges::all_of(trace_.steps, [&](const TraceStep& step) {
        return perform(step, subject, blocks_[step.id]);
    });
}

std::size_t peak_address_use(const Trace& trace, const Subject& subject, const std::byte* heap) {
    std::vector<Slot> blocks(trace.ids);
    std::size_t peak = 0;
    for (const TraceStep& step : trace.steps) {
        const Slot& slot = blocks[step.id];
        if (!perform(step, subject, blocks[step.id]))
            return std::numeric_limits<std::size_t>::max();
        if (step.operation == 'f') continue;
        peak = std::max(peak, static_cast<std::size_t>(slot.block - heap) + slot.size);
    }
    return peak;
}

}  // namespace heap44::bench
