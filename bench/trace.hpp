// SPDX-License-Identifier: MIT
// W5: allocation traces in the CS:APP malloc lab's form, run and measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "subject.hpp"
#include "workloads.hpp"

namespace heap44::bench {

struct TraceStep {
    char operation;
    std::uint32_t id;
    std::uint32_t size;
};

struct Trace {
    std::string name;
    std::size_t ids = 0;
    std::vector<TraceStep> steps;
};

/// The traces in a directory, by name.
[[nodiscard]] std::vector<Trace> read_traces(const std::filesystem::path& directory);

class TraceRun final : public Workload {
public:
    explicit TraceRun(const Trace& trace) : trace_(trace), blocks_(trace.ids) {}
    bool setup(const Subject&) override { return true; }
    bool run(const Subject& subject) override;
    void teardown(const Subject&) override {}
    [[nodiscard]] std::size_t operations() const override { return trace_.steps.size(); }

private:
    const Trace& trace_;
    std::vector<Slot> blocks_;
};

/// The end of the highest block that is ever live in a trace, counted from the heap's start.
[[nodiscard]] std::size_t peak_address_use(const Trace& trace, const Subject& subject,
                                           const std::byte* heap);

}  // namespace heap44::bench
