// SPDX-License-Identifier: MIT
#include "shell/render/trace_script.hpp"

#include <array>
#include <utility>

namespace heap44::shell {

namespace {

using Kind = mm::HeapEvent::Kind;

/// `allocator` and `policy` do nothing where nothing is new, so `reset` comes last.
FixedText<160> heap_like(const mm::TraceRecord& design) {
    auto text = format_fixed<160>("allocator {}", design.name.view());
    if (design.guard) print(text, " guard={}", mm::name(*design.guard));
    text.write(" --force; ");
    if (const auto& policy = design.policy) {
        print(text, "policy fit={} order={} coalesce={} --force; ", mm::name(policy->fit),
              mm::name(policy->order), mm::name(policy->coalesce));
    }
    text.write("reset");
    return text;
}

FixedText<160> allocation(const mm::TraceRecord& record) {
    auto text = format_fixed<160>("{} {}", record.zeroed ? "zalloc" : "alloc", record.layout.size);
    if (record.layout.align != mm::Layout{.size = 0}.align) {
        print(text, " align={}", record.layout.align);
    }
    if (!record.name.empty()) print(text, " name={}", record.name.view());
    return text;
}

}  // namespace

std::optional<ScriptLine> TraceScript::next() {
    if (!begun_) {
        // Before the first `trace on` there is nothing to begin with.
        if (design_->name.empty()) return std::nullopt;
        begun_ = true;
        return ScriptLine{heap_like(*design_), nullptr};
    }
    if (index_ == trace_.records().size()) return std::nullopt;
    const mm::TraceRecord& record = trace_.records()[index_++];
    return ScriptLine{command(record), &record};
}

/// What one record is as a command. A reset that brought another design or policy needs more than
/// the word `reset`.
FixedText<160> TraceScript::command(const mm::TraceRecord& record) {
    if (record.kind == Kind::allocate) return allocation(record);
    if (record.kind == Kind::reset) {
        const mm::TraceRecord& before = *std::exchange(design_, &record);
        const bool is_same = before.name.view() == record.name.view() &&
                             before.policy == record.policy && before.guard == record.guard;
        return is_same ? FixedText<160>("reset") : heap_like(record);
    }
    // The trace knows no number for blocks that were there before it.
    if (record.number == 0) return {};
    if (record.kind == Kind::free) return format_fixed<160>("free #{}", record.number);
    return format_fixed<160>("realloc #{} {}", record.number, record.layout.size);
}

std::string_view name(Kind kind) {
    constexpr std::array<std::string_view, 7> names{"alloc", "free",     "realloc", "name",
                                                    "reset", "set-back", "fail"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace heap44::shell
