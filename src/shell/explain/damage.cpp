// SPDX-License-Identifier: MIT
#include "shell/explain/damage.hpp"

#include <algorithm>

#include "lib/align.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/shortage.hpp"

namespace heap44::shell {

namespace {

using Kind = mm::Damage::Kind;

/// What the changed bytes behind a block's payload belong to: padding, free memory, or both.
std::string_view beyond(const mm::Damage& damage) {
    const bool starts_inside = damage.bytes.first < damage.block->end();
    const bool ends_inside = damage.bytes.last < damage.block->end();
    if (ends_inside) return "its padding";
    return starts_inside ? "its padding and the free memory behind it"
                         : "the free memory behind it";
}

/// Why a word of a hole cannot be true at all, where that can be seen from the word alone; else
/// empty. The order is from the grossest to the finest: only the first reason is told.
std::string_view flaw(const mm::BrokenWord& word, const mm::Heap& heap) {
    const VirtAddr value{word.value};
    if (word.field == "size") {
        if (word.value == 0) return ": no hole is empty";
        if (word.value > heap.end() - word.hole) return ": it would reach beyond the heap";
        if (!is_aligned(word.value, 8)) return ": it is misaligned, no multiple of 8";
        const mm::Block* block = heap.ledger().live_from(word.hole);
        const bool overlaps = block != nullptr && block->address < word.hole + word.value;
        return overlaps ? ": it would overlap a live block" : "";
    }
    if (word.field != "next" || word.value == 0) return "";
    if (value < heap.start() || value >= heap.end()) return ": it leads out of the heap";
    if (!is_aligned(word.value, 8)) return ": it is misaligned, no multiple of 8";
    if (value == word.hole) return ": a cycle, the hole follows itself";
    if (heap.ledger().live_around(value) != nullptr) return ": it leads into a live block";
    return value < word.hole ? ": it leads back, maybe in a cycle" : "";
}

}  // namespace

ErrorCode code_of(Kind kind) {
    switch (kind) {
        case Kind::use_after_free:
            return ErrorCode::use_after_free;
        case Kind::overflow:
            return ErrorCode::overflow;
        case Kind::underflow:
            break;
    }
    return ErrorCode::underflow;
}

std::optional<OtherBlock> other_block(const std::optional<mm::Damage::Other>& other) {
    if (!other) return std::nullopt;
    return OtherBlock{code_of(other->kind), other->block, other->offset};
}

void write_other(Output& output, const std::optional<mm::Damage::Other>& other) {
    if (!other) return;
    output.write("; also ");
    write_place(output, other->block, other->offset);
}

// Size and place first, then whose bytes they were, then when that block came and went.
FixedText<256> describe(const mm::Damage& damage) {
    FixedText<256> text;
    const std::size_t size = damage.bytes.size();
    if (size == 1) {
        print(text, "1 byte at {:#x} was written ", damage.bytes.first.value);
    } else {
        print(text, "{} bytes from {:#x} to {:#x} were written ", size, damage.bytes.first.value,
              damage.bytes.last.value);
    }
    if (!damage.block) {
        text.write("in free memory that was no block's");
        return text;
    }
    const mm::Block& block = *damage.block;
    const VirtAddr payload_end = block.address + block.layout.size;
    if (damage.kind == Kind::use_after_free) {
        print(text, "{} into freed block ", damage.offset);
    } else if (damage.kind == Kind::underflow) {
        print(text, "up to {} in front of block ", -damage.offset);
    } else {
        print(text, "up to {} beyond the end of block ", damage.bytes.last + 1 - payload_end);
    }
    text.write(label(block).view());
    if (damage.kind == Kind::overflow) print(text, ", into {}", beyond(damage));
    print(text, "; allocated in command {}", block.allocated_in);
    if (!block.is_live()) print(text, ", freed in command {}", block.freed_in);
    write_other(text, damage.also);
    return text;
}

// Sizes are shown as numbers, addresses in hexadecimal.
FixedText<256> describe(const mm::BrokenWord& word, const mm::Heap& heap) {
    FixedText<256> text;
    const bool is_address = word.field == "next";
    if (is_address) {
        print(text, "the hole at {:#x} has {} {:#x}, it should be {:#x}{}", word.hole.value,
              word.field, word.value, word.true_value, flaw(word, heap));
    } else {
        print(text, "the hole at {:#x} has {} {}, it should be {}{}", word.hole.value, word.field,
              word.value, word.true_value, flaw(word, heap));
    }
    // A broken first word of a hole is most often the end of an overflow from the block in front of
    // it.
    const mm::Block* below = heap.ledger().live_up_to(word.address);
    if (below != nullptr && below->end() == word.hole) {
        print(text, "; it lies directly behind block {}", label(*below).view());
    }
    return text;
}

Report report_of(const mm::Damage& damage) {
    Report report;
    report.code = code_of(damage.kind);
    report.message = describe(damage);
    report.address = damage.bytes.first.value;
    report.size = damage.bytes.size();
    report.access = Access::write;
    report.block = damage.block;
    report.offset = damage.offset;
    report.also = other_block(damage.also);
    report.memory = damage.dump;
    return report;
}

void complete(Report& report, const mm::Heap& heap) {
    // The design said that its list is broken. Which word it is, the copy beside the heap knows
    // better.
    if (report.code == ErrorCode::corrupted_heap) {
        if (const auto word = heap.find_broken_word()) {
            report.message = describe(*word, heap);
            report.address = word->address.value;
            report.size = word->size;
            report.access = Access::write;
        }
    }
    if (report.code == ErrorCode::out_of_memory) report.shortage = LastShortage::take();
    // What is known already is not replaced: a CPU exception was described where it was handled.
    if (!report.address || report.block || !report.exception.empty()) return;
    note_nearest(report, heap, {*report.address});
}

}  // namespace heap44::shell
