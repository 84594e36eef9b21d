// SPDX-License-Identifier: MIT
#include "shell/lab/stress.hpp"

#include <algorithm>
#include <ranges>

namespace heap44::shell {

namespace {

using Kind = StressOperation::Kind;

/// Sizes as programs ask for them: mostly small, some of many KiB. And sizes as bugs ask for them:
/// none at all, or more than there can be, where `size + header` wraps around.
std::uint64_t draw_size(SplitMix& random) {
    switch (random.below(64)) {
        case 0:
            return 0;
        case 1:
            return ~random.below(4096);
        case 2:
        case 3:
            return random.below(40'000);
        default:
            break;
    }
    return 1 + random.below(random.below(8) == 0 ? 4096 : 256);
}

/// 8 bytes for three in four, else anything from 1 to 4,096.
std::uint8_t draw_align_shift(SplitMix& random) {
    return static_cast<std::uint8_t>(random.below(4) == 0 ? random.below(13) : 3);
}

/// On the whole more is allocated than freed until the heap is full; from then on it stays full,
/// which is where designs have the most to decide.
Kind draw_kind(SplitMix& random, bool is_occupied) {
    const std::uint64_t share = random.below(100);
    if (is_occupied) return share < 40 ? Kind::reallocate : Kind::deallocate;
    return share < 15 ? Kind::allocate_zeroed : Kind::allocate;
}

/// A byte for each block, never 0. Neighbours in time have different ones, so a byte of another
/// block shows.
std::byte pattern_of(std::uint32_t number) {
    return static_cast<std::byte>(1 + number % 255);
}

}  // namespace

bool Stress::run(StressTarget& target, std::uint64_t count, std::uint64_t seed) {
    target_ = &target;
    operations_ = 0;
    failures_ = 0;
    problem_.reset();
    SplitMix random(seed);
    for (std::uint64_t left = count; left > 0;) {
        draw(random, static_cast<std::size_t>(std::min<std::uint64_t>(left, round_length)));
        if (fails({sequence_.data(), count_})) {
            operations_ += failed_at_ + 1;
            shorten();
            break;
        }
        operations_ += count_;
        left -= count_;
    }
    target.reset();
    return !problem_;
}

void Stress::draw(SplitMix& random, std::size_t count) {
    // What each slot would hold if no allocation failed. Where one does fail the operation that
    // frees it will find its slot empty, and do nothing.
    std::array<bool, slots> occupied{};
    for (StressOperation& operation : std::span(sequence_).first(count)) {
        const auto slot = static_cast<std::uint16_t>(random.below(slots));
        const Kind kind = draw_kind(random, occupied[slot]);
        operation = {.size = draw_size(random),
                     .slot = slot,
                     .kind = kind,
                     .align_shift = draw_align_shift(random)};
        if (kind != Kind::reallocate) occupied[slot] = kind != Kind::deallocate;
    }
    count_ = count;
}

class Stress::Attempt final : public Task {
public:
    Attempt(Stress& stress, std::span<StressOperation> sequence)
        : stress_(stress), sequence_(sequence) {}
    void run() override { stress_.perform(sequence_); }

private:
    Stress& stress_;
    std::span<StressOperation> sequence_;
};

bool Stress::fails(std::span<StressOperation> sequence) {
    target_->reset();
    slots_ = {};
    numbers_ = 0;
    failed_at_ = 0;
    problem_.reset();
    // A panic or a fault in the design ends the attempt, and is its problem.
    Attempt attempt(*this, sequence);
    if (auto stopped = target_->run_guarded(attempt)) problem_ = *stopped;
    return problem_.has_value();
}

void Stress::perform(std::span<StressOperation> sequence) {
    constexpr std::size_t between_looks_at_all_bytes = 256;
    for (std::size_t index = 0; index < sequence.size(); ++index) {
        target_->pass();
        failed_at_ = index;
        ++performed_;
        perform(sequence[index]);
        if (!problem_) problem_ = target_->find_problem();
        const bool is_last = index + 1 == sequence.size();
        if (is_last || index % between_looks_at_all_bytes == 0) check_all_bytes();
        if (problem_) return;
    }
}

void Stress::perform(StressOperation& operation) {
    Slot& slot = slots_[operation.slot];
    operation.number = 0;
    // The slot is not in the state that the operation needs: an allocation failed, or the operation
    // that made it so was left out.
    if (operation.allocates() != (slot.block == nullptr)) return;
    if (operation.allocates()) return allocate(operation, slot);
    operation.number = slot.number;
    if (operation.kind == Kind::reallocate) return reallocate(operation, slot);
    deallocate(slot);
}

void Stress::allocate(StressOperation& operation, Slot& slot) {
    const bool zeroed = operation.kind == Kind::allocate_zeroed;
    std::byte* block =
        target_->allocate(operation.layout(), zeroed ? mm::Fill::zero : mm::Fill::none);
    if (block == nullptr) {
        ++failures_;
        return;
    }
    check_place(block, operation.layout(), nullptr);
    if (problem_) return;
    const std::span bytes(block, operation.size);
    if (zeroed && std::ranges::any_of(bytes, [](std::byte each) { return each != std::byte{0}; })) {
        return blame(block,
                     format_fixed<256>("a zeroed block of {} bytes is not zero", operation.size));
    }
    operation.number = ++numbers_;
    slot = {block, operation.layout(), operation.number};
    std::ranges::fill(bytes, pattern_of(slot.number));
}

void Stress::reallocate(const StressOperation& operation, Slot& slot) {
    // Before and after: bytes must not have changed meanwhile, nor be lost by the move.
    check_bytes(slot, slot.layout.size);
    std::byte* moved = target_->reallocate(slot.block, slot.layout, operation.size);
    if (moved == nullptr) {
        // No room: then the old block must be as it was.
        ++failures_;
        return check_bytes(slot, slot.layout.size);
    }
    const std::size_t kept = std::min<std::size_t>(slot.layout.size, operation.size);
    slot.block = moved;
    slot.layout.size = operation.size;
    check_place(moved, slot.layout, &slot);
    if (!problem_) check_bytes(slot, kept);
    if (!problem_) std::ranges::fill(std::span(moved, operation.size), pattern_of(slot.number));
}

void Stress::deallocate(Slot& slot) {
    check_bytes(slot, slot.layout.size);
    target_->deallocate(slot.block, slot.layout);
    slot = {};
}

/// A block lies in the heap, at a multiple of its alignment, and touches no other.
void Stress::check_place(const std::byte* block, mm::Layout layout, const Slot* own) {
    const std::span<std::byte> region = target_->region();
    const std::uint64_t offset = address_of(block) - address_of(region.data());
    if (offset >= region.size() || layout.size > region.size() - offset) {
        return blame(block, format_fixed<256>("a block of {} bytes at {:#x} is not in the heap",
                                              layout.size, address_of(block).value));
    }
    if (address_of(block).value % layout.align != 0) {
        return blame(block, format_fixed<256>("a block at {:#x} is not aligned to {}",
                                              address_of(block).value, layout.align));
    }
    for (const Slot& other : slots_) {
        if (other.block == nullptr || &other == own) continue;
        // A block of no bytes still has an address of its own, so it counts as one byte here.
        const bool is_apart = block + std::max<std::size_t>(layout.size, 1) <= other.block ||
                              other.block + std::max<std::size_t>(other.layout.size, 1) <= block;
        if (is_apart) continue;
        return blame(block,
                     format_fixed<256>("a block of {} bytes at {:#x} overlaps block #{} at {:#x}",
                                       layout.size, address_of(block).value, other.number,
                                       address_of(other.block).value));
    }
}

void Stress::check_bytes(const Slot& slot, std::size_t size) {
    const std::byte pattern = pattern_of(slot.number);
    const std::span bytes(slot.block, size);
    const auto wrong = std::ranges::find_if(bytes, [&](std::byte each) { return each != pattern; });
    if (wrong == bytes.end()) return;
    blame(&*wrong,
          format_fixed<256>("byte {} of block #{} at {:#x} has changed", wrong - bytes.begin(),
                            slot.number, address_of(slot.block).value));
}

void Stress::check_all_bytes() {
    for (const Slot& slot : slots_) {
        if (slot.block != nullptr) check_bytes(slot, slot.layout.size);
    }
}

/// The first problem is the one that counts.
void Stress::blame(const std::byte* address, const FixedText<256>& message) {
    if (!problem_)
        problem_ = Problem{name(ErrorCode::corrupted_heap), address_of(address), message};
}

/// Leaves out ever smaller parts of what still fails (Zeller, Hildebrandt: Simplifying and
/// Isolating Failure-Inducing Input, 2002), until no single operation can go or the budget is
/// spent.
void Stress::shorten() {
    // What came behind the failing operation has nothing to do with it.
    count_ = failed_at_ + 1;
    performed_ = 0;
    // From halves down to single operations; with single operations once more as long as any of
    // them could go.
    for (std::size_t part = std::max<std::size_t>(count_ / 2, 1);;
         part = std::max<std::size_t>(part / 2, 1)) {
        bool shortened = false;
        for (std::size_t first = 0; first < count_ && performed_ < shortening;) {
            const bool could_go = try_without(first, std::min(part, count_ - first));
            shortened = shortened || could_go;
            if (!could_go) first += part;
        }
        if (performed_ >= shortening || (part == 1 && !shortened)) break;
    }
    simplify();
    // Once more, for the problem and the numbers of the blocks that belong to this sequence.
    (void)fails({sequence_.data(), count_});
}

/// Runs the sequence without the `count` operations from `first` on. Where it still fails it is the
/// sequence from now on, cut off behind the operation that fails now.
bool Stress::try_without(std::size_t first, std::size_t count) {
    if (count == count_) return false;
    const auto rest = std::ranges::copy(std::span(sequence_).first(first), candidate_.begin()).out;
    std::ranges::copy(std::span(sequence_).subspan(first + count, count_ - first - count), rest);
    if (!fails({candidate_.data(), count_ - count})) return false;
    count_ = failed_at_ + 1;
    std::ranges::copy(std::span(candidate_).first(count_), sequence_.begin());
    return true;
}

/// Sizes and alignments that do not matter become plain ones.
void Stress::simplify() {
    const auto keep_if_fails = [&](StressOperation& operation, const StressOperation& simpler) {
        const StressOperation before = operation;
        operation = simpler;
        const bool still = performed_ < shortening && fails({sequence_.data(), count_});
        if (!still) operation = before;
        return still;
    };
    // Each operation by itself: a plain allocation, aligned to 8, of half the size, and half of
    // that again.
    for (StressOperation& operation : std::span(sequence_).first(count_)) {
        StressOperation simpler = operation;
        simpler.kind = operation.kind == Kind::allocate_zeroed ? Kind::allocate : operation.kind;
        simpler.align_shift = 3;
        (void)keep_if_fails(operation, simpler);
        if (operation.kind == Kind::deallocate) continue;
        do {
            simpler = operation;
            simpler.size /= 2;
        } while (operation.size > 1 && keep_if_fails(operation, simpler));
    }
}

}  // namespace heap44::shell
