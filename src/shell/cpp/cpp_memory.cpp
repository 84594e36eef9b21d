// SPDX-License-Identifier: MIT
#include "shell/cpp/cpp_memory.hpp"

#include "lib/panic.hpp"
#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/explain/block_text.hpp"
#include "shell/explain/damage.hpp"
#include "shell/explain/shortage.hpp"

namespace heap44::shell {

namespace {

/// The panic that belongs to what the ledger says of a pointer. `live` is no mistake and does not
/// come.
PanicKind kind_of(mm::Verdict::Kind verdict) {
    switch (verdict) {
        case mm::Verdict::Kind::foreign_free:
            return PanicKind::foreign_free;
        case mm::Verdict::Kind::double_free:
            return PanicKind::double_free;
        case mm::Verdict::Kind::interior_free:
            return PanicKind::interior_free;
        case mm::Verdict::Kind::live:
        case mm::Verdict::Kind::invalid_free:
            break;
    }
    return PanicKind::invalid_free;
}

std::string_view what(mm::Verdict::Kind verdict) {
    switch (verdict) {
        case mm::Verdict::Kind::foreign_free:
            return "is not in the heap";
        case mm::Verdict::Kind::double_free:
            return "is freed already";
        case mm::Verdict::Kind::interior_free:
            return "is inside a block, not at its start";
        case mm::Verdict::Kind::live:
        case mm::Verdict::Kind::invalid_free:
            break;
    }
    return "is not the start of a block";
}

/// Sized and aligned delete tell what the code believes that it deletes. A wrong size is the sign
/// of a delete through a base class without a virtual destructor.
void require_layout(const mm::Block& block, const Deletion& known, std::uint64_t caller) {
    const mm::Layout layout = block.layout;
    const mm::Layout believed{known.size.value_or(layout.size), known.align.value_or(layout.align)};
    if (believed == layout) return;
    const auto message = format_fixed<240>(
        "delete of {:#x} with Layout {{ size: {}, align: {} }}, but block #{} has "
        "Layout {{ size: {}, align: {} }}",
        block.address.value, believed.size, believed.align, block.number, layout.size,
        layout.align);
    panic(PanicKind::wrong_layout, message.view(), caller, 0, block.address.value);
}

/// Both forms free the same bytes here. But `delete` runs one destructor and `delete[]` one for
/// each element, and another library may keep arrays elsewhere.
void require_form(const mm::Block& block, const Deletion& known, std::uint64_t caller) {
    if (block.form == mm::Block::Form::none || block.form == known.form) return;
    const bool is_array = block.form == mm::Block::Form::array;
    const auto message = format_fixed<240>(
        "{} of {:#x}, but block #{} ({} byte{}) came from {} and needs {}",
        is_array ? "delete" : "delete[]", block.address.value, block.number, block.layout.size,
        plural(block.layout.size), is_array ? "new[]" : "new", is_array ? "delete[]" : "delete");
    panic(PanicKind::wrong_delete, message.view(), caller, 0, block.address.value);
}

}  // namespace

void* cpp_allocate(mm::Heap& heap, mm::Layout layout, mm::Block::Form form, std::uint64_t caller) {
    if (const mm::Block* block = heap.allocate(layout, caller, mm::Fill::none, form)) {
        return reinterpret_cast<void*>(block->address.value);
    }
    const FailedRequest request{layout};
    LastShortage::set(shortage_of(heap, request));
    auto message = format_fixed<240>("allocation error: Layout {{ size: {}, align: {} }}",
                                     layout.size, layout.align);
    print_reason(message, heap, request);
    panic(PanicKind::out_of_memory, message.view(), caller);
}

void cpp_deallocate(mm::Heap& heap, void* pointer, const Deletion& known, std::uint64_t caller) {
    // C++ allows `delete` of null ([expr.delete]).
    if (pointer == nullptr) return;
    const VirtAddr address = address_of(pointer);
    const mm::Verdict verdict = heap.ledger().judge(address);
    if (verdict.kind != mm::Verdict::Kind::live) {
        auto message =
            format_fixed<240>("delete of {:#x}, which {}", address.value, what(verdict.kind));
        write_nearest(message, heap, address);
        panic(kind_of(verdict.kind), message.view(), caller, 0, address.value);
    }
    require_layout(*verdict.block, known, caller);
    require_form(*verdict.block, known, caller);
    heap.free(*verdict.block, caller);
}

}  // namespace heap44::shell
