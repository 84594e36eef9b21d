// SPDX-License-Identifier: MIT
#include "shell/explain/inspect.hpp"

#include "mm/heap/heap.hpp"
#include "shell/explain/damage.hpp"
#include "shell/platform/error.hpp"

namespace heap44::shell {

namespace {

using Kind = mm::HoleFault::Kind;

FixedText<256> describe(const mm::HoleFault& fault) {
    const std::uint64_t hole = fault.hole.value;
    switch (fault.kind) {
        case Kind::outside:
            return format_fixed<256>("the hole at {:#x} with {} bytes does not lie in the heap",
                                     hole, fault.value);
        case Kind::misaligned:
            return format_fixed<256>("the hole at {:#x} with {} bytes: both must be multiples of 8",
                                     hole, fault.value);
        case Kind::overlaps:
            return format_fixed<256>("the hole at {:#x} with {} bytes overlaps a live block", hole,
                                     fault.value);
        case Kind::repeated:
            return format_fixed<256>("the list comes to the hole at {:#x} twice: it is a cycle",
                                     hole);
        case Kind::bad_next:
            break;
    }
    return format_fixed<256>("the hole at {:#x} has next {:#x}, where no hole can be", hole,
                             fault.value);
}

}  // namespace

// Every byte is either in a hole or used: blocks, padding, and what the design needs for itself. If
// the sum is not the heap's size a hole was lost, or is in the list twice.
std::optional<Problem> find_problem(const mm::Heap& heap) {
    std::size_t free = 0;
    const auto fault = heap.for_each_hole([&](const mm::Hole& hole) {
        free += hole.size;
        return true;
    });
    constexpr std::string_view code = name(ErrorCode::corrupted_heap);
    if (fault) return Problem{code, fault->hole, describe(*fault)};
    const std::size_t used = heap.used_bytes();
    if (free + used == heap.size()) return std::nullopt;
    return Problem{code, heap.start(),
                   format_fixed<256>("the holes have {} bytes and {} are used, which is not the "
                                     "heap's size of {}",
                                     free, used, heap.size())};
}

void for_each_problem(const mm::Heap& heap, FunctionRef<void(const Problem&)> visit) {
    bool words_are_sound = true;
    heap.for_each_broken_word([&](const mm::BrokenWord& word) {
        visit(Problem{name(ErrorCode::corrupted_heap), word.address, describe(word, heap)});
        words_are_sound = false;
    });
    heap.for_each_damage([&](const mm::Damage& damage) {
        visit(Problem{name(code_of(damage.kind)), damage.bytes.first, describe(damage),
                      other_block(damage.also)});
    });
    // A list with a broken word leads anywhere. What else is wrong with it would only repeat that.
    if (!words_are_sound) return;
    if (const auto problem = find_problem(heap)) visit(*problem);
}

}  // namespace heap44::shell
