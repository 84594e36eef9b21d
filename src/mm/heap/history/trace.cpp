// SPDX-License-Identifier: MIT
#include "mm/heap/history/trace.hpp"

#include <utility>

#include "mm/heap/heap.hpp"

namespace heap44::mm {

namespace {

using Kind = HeapEvent::Kind;

/// Makes the heap empty, with the design, policy and guard that the record names.
void empty(Heap& heap, const TraceRecord& beginning) {
    heap.select(beginning.name.view(), beginning.guard.value_or(GuardSide::behind));
    if (beginning.policy) heap.set_policy(*beginning.policy);
}

/// Does one record again; the block's address afterwards, or nothing where it could not be done.
std::optional<VirtAddr> redo(Heap& heap, const TraceRecord& record) {
    if (record.kind == Kind::reset) {
        empty(heap, record);
        return record.address;
    }
    if (record.kind == Kind::allocate) {
        const Block* block =
            heap.allocate(record.layout, record.caller, record.zeroed ? Fill::zero : Fill::none);
        if (block == nullptr) return std::nullopt;
        if (!record.name.empty()) heap.set_name(*block, record.name.view());
        return block->address;
    }
    const Block* block = heap.ledger().with_number(record.number);
    if (block == nullptr || !block->is_live()) return std::nullopt;
    if (record.kind == Kind::reallocate) {
        block = heap.reallocate(*block, record.layout.size, record.caller);
        if (block == nullptr) return std::nullopt;
        return block->address;
    }
    const VirtAddr address = block->address;
    heap.free(*block, record.caller);
    return address;
}

}  // namespace

Trace::~Trace() {
    stop();
}

/// Blocks that live already are not recorded: they only count. Numbers are told as from an empty
/// heap, so what was given before is taken off (`base`).
void Trace::start(Heap& heap) {
    stop();
    now_ = {.first = now_.first,
            .beginning = {.kind = Kind::reset,
                          .policy = heap.policy(),
                          .guard = heap.guard(),
                          .name = BlockName(heap.design())},
            .live_before = heap.ledger().live_count(),
            .base = heap.ledger().last_number()};
    watch(heap);
}

/// An observer watches one heap at a time.
void Trace::watch(Heap& heap) {
    stop();
    now_.heap = &heap;
    heap.add_observer(*this);
}

void Trace::stop() {
    if (now_.heap != nullptr) std::exchange(now_.heap, nullptr)->remove_observer(*this);
}

void Trace::clear() {
    stop();
    now_ = {.first = now_.first};
}

Trace::Recording Trace::set_aside() {
    const Recording before = now_;
    stop();
    now_ = {.first = before.first + before.count};
    return before;
}

void Trace::bring_back(const Recording& before) {
    stop();
    now_ = before;
    now_.heap = nullptr;
    if (before.heap != nullptr) watch(*before.heap);
}

/// A reset begins the numbers anew. A failure is not recorded: it changed nothing. A heap that was
/// set back cannot be replayed, so that is only noted.
void Trace::note(const HeapEvent& event) {
    if (event.kind == Kind::set_back) {
        now_.was_set_back = true;
    } else if (event.kind == Kind::name) {
        rename(*event.block);
    } else if (event.kind == Kind::reset) {
        now_.base = 0;
        append({.kind = event.kind,
                .policy = event.policy,
                .guard = event.guard,
                .command = event.command,
                .name = BlockName(event.design)});
    } else if (event.kind != Kind::fail) {
        const Block& block = *event.block;
        append({.kind = event.kind,
                .zeroed = event.zeroed,
                .number = block.number > now_.base ? block.number - now_.base : 0,
                .layout = block.layout,
                .address = block.address,
                .caller = event.caller,
                .command = event.command,
                // A block that was just allocated has no name yet; `rename` adds it.
                .name = event.kind == Kind::allocate ? BlockName() : block.name});
    }
}

void Trace::append(const TraceRecord& record) {
    if (now_.first + now_.count == records_.size()) {
        ++now_.dropped;
    } else {
        records_[now_.first + now_.count++] = record;
    }
}

/// A block gets its name after it was allocated. The name is told in the record of that allocation,
/// so that one record makes the block again. Searched from behind: it is among the last.
void Trace::rename(const Block& block) {
    for (std::size_t index = now_.count; index-- > 0;) {
        TraceRecord& record = records_[now_.first + index];
        if (record.kind == Kind::reset) return;
        if (record.kind != Kind::allocate || record.number + now_.base != block.number) continue;
        record.name = block.name;
        return;
    }
}

Trace::Repetition Trace::repeat(Heap& heap) {
    // Should it be stopped in the middle, the trace is off: it would not tell the whole story.
    const bool was_on = is_on();
    stop();
    empty(heap, now_.beginning);
    Repetition result;
    for (const TraceRecord& record : records()) {
        const auto address = redo(heap, record);
        if (address) ++result.done;
        if (address == record.address) continue;
        if (result.elsewhere++ == 0) {
            result.first_elsewhere = &record;
            result.found = address.value_or(VirtAddr{});
        }
        // What follows would be about blocks that are not there.
        if (!address) break;
    }
    now_.base = 0;
    if (was_on) watch(heap);
    return result;
}

}  // namespace heap44::mm
