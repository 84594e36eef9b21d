// SPDX-License-Identifier: MIT
// What is asked of the heap, one request at a time: done under the lock, told when it is free
// again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "mm/heap/any_design.hpp"
#include "mm/heap/checkpoint.hpp"
#include "mm/heap/heap.hpp"

namespace heap44::mm {

namespace {

std::byte* pointer_to(VirtAddr address) {
    return reinterpret_cast<std::byte*>(address.value);
}

}  // namespace

// --- requests; telling has functions of its own: who is not watched does not pay for it ---

const Block* Heap::allocate(Layout layout, std::uint64_t caller, Fill fill, Block::Form form) {
    SpinlockGuard guard(lock_, caller);
    const Block* const added = std::visit(
        [&](auto& design) -> const Block* {
            std::byte* block = nullptr;
            // A full ledger fails the request, too: a block without a record would be unknown to
            // all.
            if (!must_fail() && ledger_.has_room()) {
                detector_.before_allocation(design, ledger_, layout, caller);
                block = fill == Fill::zero ? mm::allocate_zeroed(design, layout)
                                           : design.allocate(layout);
            }
            if (block == nullptr) {
                ++failures_;
                // The ledger of a smaller heap is full only where the heap is.
                if (!known_reason_ && ledger_.live_count() == Ledger::most_live) {
                    known_reason_ = Failure::Reason::no_record;
                }
                note_lack_of_memory(layout);
                return nullptr;
            }
            ++allocations_;
            const Block& added = ledger_.add(address_of(block), layout, design.block_size(layout),
                                             caller, command_, form);
            detector_.settle(design, ledger_, added.address, added.end());
            note_peak();
            changed_since_ = typed_command_;
            return &added;
        },
        design_in(design_));
    if (observers_.any()) [[unlikely]]
        tell_allocation(guard, added, layout, caller, fill);
    return added;
}

void Heap::free(const Block& block, std::uint64_t caller) {
    SpinlockGuard guard(lock_, caller);
    std::visit(
        [&](auto& design) {
            detector_.before_free(design, ledger_, block, caller);
            design.deallocate(pointer_to(block.address), block.layout);
            ledger_.remove(block, caller, command_);
            detector_.settle(design, ledger_, block.address, block.end());
        },
        design_in(design_));
    ++frees_;
    changed_since_ = typed_command_;
    if (observers_.any()) [[unlikely]]
        tell_free(guard, block, caller);
}

const Block* Heap::reallocate(const Block& block, std::size_t new_size, std::uint64_t caller) {
    SpinlockGuard guard(lock_, caller);
    const Origin from{block.address, block.layout.size};
    const Block* const resized = std::visit(
        [&](auto& design) -> const Block* {
            const Layout wanted{new_size, block.layout.align};
            detector_.before_resize(design, ledger_, block, wanted, caller);
            // The record is about to change: what it says of the old place is kept.
            const VirtAddr old_start = block.address;
            const VirtAddr old_end = block.end();
            std::byte* moved = must_fail() ? nullptr
                                           : mm::reallocate(design, pointer_to(block.address),
                                                            block.layout, new_size);
            if (moved == nullptr) {
                ++failures_;
                note_lack_of_memory(wanted);
                return nullptr;
            }
            // A resize counts as one of each, as if the block had been moved.
            ++allocations_;
            ++frees_;
            const Block& resized = ledger_.resize(block, address_of(moved), new_size,
                                                  design.block_size(wanted), caller, command_);
            detector_.settle(design, ledger_, old_start, old_end);
            detector_.settle(design, ledger_, resized.address, resized.end());
            note_peak();
            changed_since_ = typed_command_;
            return &resized;
        },
        design_in(design_));
    if (observers_.any()) [[unlikely]]
        tell_resize(guard, resized, block, {new_size, block.layout.align}, from, caller);
    return resized;
}

std::size_t Heap::allocate_all(std::size_t count, Layout layout, std::uint64_t caller, Fill fill) {
    // One request needs no way back: a design that fails it has changed nothing.
    if (count == 1) return allocate(layout, caller, fill) != nullptr ? 1 : 0;
    const std::size_t peak = peak_used_;
    const std::uint64_t changed_since = changed_since_;
    const Checkpoint before(design_, mapped_region(), parts_.metadata, parts_.checkpoint);
    // Nobody is told of these blocks yet: it is open whether they will stay.
    batch_ = Batch{ledger_.last_number() + 1, caller, fill};
    std::size_t fitted = 0;
    while (fitted < count && allocate(layout, caller, fill) != nullptr) ++fitted;
    if (fitted == count) {
        tell_batch();
        return count;
    }
    SpinlockGuard guard(lock_, caller);
    batch_.reset();
    // Why it failed shows only while the blocks that fitted are there.
    known_reason_ = failure_reason(layout);
    std::optional<HeapEvent> news;
    if (observers_.any()) news = failure(layout, count, nullptr, caller, fill);
    // Pages go first, as long as the ledger knows the blocks; then the design's memory is put back,
    // then ledger and detector forget.
    for (std::size_t back = 0; back < fitted; ++back) {
        const Block& block = *ledger_.with_number(ledger_.last_number() - back);
        withdraw(pointer_to(block.address), block.layout);
    }
    before.restore(design_);
    forget_newest(fitted);
    peak_used_ = peak;
    changed_since_ = changed_since;
    if (news) tell(guard, *news);
    return fitted;
}

void Heap::try_place(Layout layout, FunctionRef<void(const std::byte*)> look) {
    const Checkpoint before(design_, mapped_region(), parts_.metadata, parts_.checkpoint);
    std::byte* block =
        std::visit([&](auto& design) { return design.allocate(layout); }, design_in(design_));
    known_reason_.reset();
    if (block == nullptr) note_lack_of_memory(layout);
    look(block);
    if (block != nullptr) withdraw(block, layout);
    before.restore(design_);
}

void Heap::set_name(const Block& block, std::string_view name) {
    ledger_.set_name(block, name);
    note(HeapEvent::Kind::name, &block);
}

// Forgets the newest blocks as if they had never been asked for.
void Heap::forget_newest(std::size_t count) {
    for (std::size_t left = count; left > 0; --left) {
        const Block& newest = *ledger_.with_number(ledger_.last_number());
        detector_.forget(newest);
        ledger_.take_back(newest);
        --allocations_;
    }
    std::visit([&](const auto& design) { detector_.learn(design); }, design_in(design_));
}

// A checkpoint brings bytes back, but no pages: those that the block has mapped are taken away
// here.
void Heap::withdraw(const std::byte* block, Layout layout) {
    std::visit(
        [&](auto& design) {
            if constexpr (requires { design.withdraw(block, layout); }) {
                design.withdraw(block, layout);
            }
        },
        design_in(design_));
}

// After a failure: where the addresses would have done, pages are what was lacking.
void Heap::note_lack_of_memory(Layout layout) {
    if (known_reason_) return;
    std::visit(
        [&](auto& design) {
            if constexpr (requires { design.has_room(layout); }) {
                if (design.has_room(layout)) known_reason_ = Failure::Reason::no_memory;
            }
        },
        design_in(design_));
}

// In this file, so that each allocation, which asks for it, can have it inlined.
std::size_t Heap::used_bytes() const {
    return std::visit(
        [&](const auto& design) -> std::size_t {
            if constexpr (requires { design.used_bytes(size()); }) return design.used_bytes(size());
            return ledger_.taken_bytes();
        },
        design_in(design_));
}

void Heap::note_peak() {
    peak_used_ = std::max(peak_used_, used_bytes());
}

// --- what is told: made while the lock is held, told when it is free ---

HeapEvent Heap::event(HeapEvent::Kind kind, const Block* block, std::uint64_t caller) const {
    HeapEvent event{.kind = kind, .caller = caller, .command = command_};
    if (block != nullptr) event.block = *block;
    event.design = design();
    event.policy = policy();
    event.guard = guard();
    return event;
}

HeapEvent Heap::failure(Layout layout, std::size_t count, const Block* resized,
                        std::uint64_t caller, Fill fill) const {
    HeapEvent event = this->event(HeapEvent::Kind::fail, resized, caller);
    event.failure = Failure{failure_reason(layout), layout, count};
    event.zeroed = fill == Fill::zero;
    return event;
}

Failure::Reason Heap::failure_reason(Layout layout) const {
    if (known_reason_) return *known_reason_;
    bool has_hole = false;
    for_each_hole([&](const Hole& hole) {
        has_hole = hole.size >= layout.size;
        return !has_hole;
    });
    return has_hole ? Failure::Reason::design : Failure::Reason::no_hole;
}

// Whoever is told may use the heap, so the lock is given back first.
void Heap::tell(SpinlockGuard& guard, const HeapEvent& event) {
    guard.unlock();
    observers_.tell(event);
}

void Heap::tell_allocation(SpinlockGuard& guard, const Block* added, Layout layout,
                           std::uint64_t caller, Fill fill) {
    if (batch_) return;
    if (added == nullptr) return tell(guard, failure(layout, 1, nullptr, caller, fill));
    HeapEvent event = this->event(HeapEvent::Kind::allocate, added, caller);
    event.zeroed = fill == Fill::zero;
    tell(guard, event);
}

void Heap::tell_free(SpinlockGuard& guard, const Block& freed, std::uint64_t caller) {
    tell(guard, event(HeapEvent::Kind::free, &freed, caller));
}

void Heap::tell_resize(SpinlockGuard& guard, const Block* resized, const Block& block,
                       Layout wanted, Origin from, std::uint64_t caller) {
    if (resized == nullptr) return tell(guard, failure(wanted, 1, &block, caller));
    HeapEvent event = this->event(HeapEvent::Kind::reallocate, resized, caller);
    event.from = from;
    tell(guard, event);
}

void Heap::note(HeapEvent::Kind kind, const Block* block) {
    changed_since_ = typed_command_;
    if (observers_.any()) observers_.tell(event(kind, block, 0));
}

// Each block is told as if it had been allocated alone. The lock is taken for each anew, because
// whoever is told may use the heap.
void Heap::tell_batch() {
    const auto batch = std::exchange(batch_, std::nullopt);
    if (!batch) return;
    const std::uint64_t last = ledger_.last_number();
    for (std::uint64_t number = batch->first; observers_.any() && number <= last; ++number) {
        SpinlockGuard guard(lock_, batch->caller);
        const Block* block = ledger_.with_number(number);
        if (block == nullptr) continue;
        tell_allocation(guard, block, block->layout, batch->caller, batch->fill);
    }
}

void Heap::recover() {
    if (lock_.is_taken()) lock_.unlock();
    tell_batch();
}

}  // namespace heap44::mm
