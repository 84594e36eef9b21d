// SPDX-License-Identifier: MIT
// What the heap's commands answer, as JSON.
//
// Lists are never shortened here: a program can skip what it does not want. So Ctrl-C does not cut
// them either.

#include "mm/heap/cells.hpp"
#include "mm/heap/changes.hpp"
#include "shell/answer/session.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/explain/leftovers.hpp"
#include "shell/render/block_lists.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

namespace {

/// The names are those of docs/shell.md; drawings have characters instead.
constexpr std::string_view kind_name(mm::Cell::Kind kind) {
    switch (kind) {
        case mm::Cell::Kind::block:
            return "block";
        case mm::Cell::Kind::padding:
            return "padding";
        case mm::Cell::Kind::hole:
            return "hole";
        case mm::Cell::Kind::guard:
            return "guard";
        case mm::Cell::Kind::unmapped:
            return "unmapped";
        case mm::Cell::Kind::overhead:
            break;
    }
    return "overhead";
}

}  // namespace

/// Blocks that were freed stand under `freed`, all others under `blocks`: nobody can take one for
/// the other.
void JsonRenderer::keys(const BlockList& list) {
    const bool freed = list.meaning == BlockList::Meaning::freed;
    json_.array(freed ? "freed" : "blocks", [&] {
        for_each_block(list, view_.heap,
                       [&](const mm::Block& each) { json_.object([&] { block(each); }); });
    });
}

void JsonRenderer::keys(const OneBlock& one) {
    json_.object("block", [&] { block(one.block); });
}

/// A block has these keys wherever it stands in an answer.
void JsonRenderer::block(const mm::Block& block) {
    json_.member("id", block.number);
    json_.text_or_null("name", block.name.view());
    json_.member("address", block.address);
    json_.member("size", block.layout.size);
    json_.member("align", block.layout.align);
    json_.member("block_size", block.block_size);
    json_.member("state", block.is_live() ? "live" : "freed");
    code("caller", block.caller);
}

/// Where the heap lies: what comes behind it in the answer are addresses in there.
void JsonRenderer::heap() {
    const mm::Heap& heap = view_.heap;
    json_.object("heap", [&] {
        json_.member("start", heap.start());
        json_.member("end", heap.end());
        json_.member("size", heap.size());
    });
}

/// Where the list is damaged it ends at the last hole that can be true; `check` has the reason.
void JsonRenderer::keys(const FreeList&) {
    heap();
    json_.array("holes", [&] {
        view_.heap.for_each_hole([&](const mm::Hole& hole) {
            json_.object([&] {
                json_.member("address", address_of(hole.address));
                json_.member("size", hole.size);
                if (hole.next == nullptr) {
                    json_.null("next");
                } else {
                    json_.member("next", address_of(hole.next));
                }
            });
            return true;
        });
    });
    // Counted in a walk of its own, which ends at the same hole where the list is damaged.
    const mm::HeapStats stats = view_.heap.stats();
    json_.member("free", stats.free);
    json_.member("largest", stats.largest);
}

/// The cells cover the heap without a gap, so that a program can draw it in its own way.
void JsonRenderer::keys(const HeapMap&) {
    heap();
    json_.array("cells", [&] {
        mm::Cells cells(view_.heap);
        mm::Changes changes(view_.heap);
        for (mm::Cell cell{}; cells.next(cell);) {
            json_.object([&] {
                json_.member("address", cell.address);
                json_.member("size", cell.size);
                json_.member("kind", kind_name(cell.kind));
                if (cell.block == nullptr) {
                    json_.null("id");
                } else {
                    json_.member("id", cell.block->number);
                }
                // By the last command that changed anything, like the reversed characters of the
                // drawing.
                json_.member("changed", changes.any_in(cell.address, cell.address + cell.size));
            });
        }
    });
    tree();
}

/// Each is null under a design that has none.
void JsonRenderer::policy_and_guard() {
    const auto policy = view_.heap.policy();
    json_.object_or_null(policy.has_value(), "policy", [&] {
        json_.member("fit", mm::name(policy->fit));
        json_.member("order", mm::name(policy->order));
        json_.member("coalesce", mm::name(policy->coalesce));
    });
    const auto guard = view_.heap.guard();
    json_.text_or_null("guard", guard ? mm::name(*guard) : "");
}

void JsonRenderer::keys(const Stats&) {
    json_.member("allocator", view_.heap.design());
    policy_and_guard();
    figures(view_.heap.stats());
}

/// The figures of `stats`, in bytes and counts; those that `compare` puts side by side, too.
void JsonRenderer::figures(const mm::HeapStats& stats) {
    json_.member("size", stats.size);
    json_.member("used", stats.used);
    json_.member("requested", stats.requested);
    json_.member("free", stats.free);
    json_.member("largest", stats.largest);
    json_.member("holes", stats.holes);
    json_.member("live", stats.live);
    json_.member("allocations", stats.allocations);
    json_.member("frees", stats.frees);
    json_.member("failures", stats.failures);
    json_.member("peak_used", stats.peak_used);
    json_.member("fragmentation", stats.fragmentation());
}

/// The problems are gone through twice, since whether there are any stands in front of them.
void JsonRenderer::keys(const Check&) {
    bool is_consistent = true;
    for_each_problem(view_.heap, [&](const Problem&) { is_consistent = false; });
    json_.member("consistent", is_consistent);
    json_.array("problems", [&] {
        for_each_problem(view_.heap, [&](const Problem& problem) {
            json_.object([&] {
                json_.member("code", problem.code);
                json_.member("address", problem.address);
                json_.member("message", problem.message.view());
                other_block(problem.also);
            });
        });
    });
    // Under guard-page addresses are used again only when the window is used up.
    if (view_.heap.is_window()) json_.member("reused", view_.heap.reused_count());
}

void JsonRenderer::keys(const LiveCount& count) {
    json_.member("live", count.live);
}

/// What `allocator` and `policy` answer: the design in use, those there are, and how it is
/// set.
void JsonRenderer::keys(const Designs&) {
    json_.member("allocator", view_.heap.design());
    json_.array("available", [&] {
        for (const std::string_view each : mm::design_names()) json_.element(each);
    });
    policy_and_guard();
}

/// A null pointer is an address, too: `null`, and not left out.
void JsonRenderer::keys(const Trial& trial) {
    json_.member("passed", trial.passed);
    json_.array("steps", [&] {
        for (std::size_t index = 0; index < trial.count; ++index) {
            const TrialStep& step = trial.steps[index];
            json_.object([&] {
                json_.member("label", step.label.view());
                if (step.address && step.address->value == 0) {
                    json_.null("address");
                } else if (step.address) {
                    json_.member("address", *step.address);
                }
                if (step.value) json_.member("value", *step.value);
            });
        }
    });
    // What the command has allocated and not freed, looked up in the ledger.
    json_.array("leaked", [&] {
        for_each_leftover(view_.heap, view_.session.commands,
                          [&](const mm::Block& each) { json_.object([&] { block(each); }); });
    });
}

}  // namespace heap44::shell
