// SPDX-License-Identifier: MIT
// What the heap's commands answer, as text.
#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/history/trace.hpp"
#include "shell/answer/session.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/explain/inspect.hpp"
#include "shell/explain/leftovers.hpp"
#include "shell/render/block_lists.hpp"
#include "shell/render/heap_drawing.hpp"
#include "shell/render/text/text_renderer.hpp"
#include "shell/render/tree_drawing.hpp"

namespace heap44::shell {

/// What the list means decides how it is drawn, not how its blocks are found.
void TextRenderer::text(const BlockList& list) {
    switch (list.meaning) {
        case BlockList::Meaning::allocated:
        case BlockList::Meaning::resized:
        case BlockList::Meaning::freed:
            return happenings(list);
        case BlockList::Meaning::listed:
            return table(list, "live block");
        case BlockList::Meaning::leaked:
            return leaks(list);
    }
}

/// One line for each block, twenty at most: whoever allocates a thousand wants the sum. The sum
/// counts whole blocks with their padding, since that is what the heap gave.
void TextRenderer::happenings(const BlockList& list) {
    constexpr std::size_t most = 20;
    std::size_t count = 0;
    std::size_t bytes = 0;
    for_each_block(list, view_.heap, [&](const mm::Block& block) {
        bytes += block.block_size;
        if (++count <= most) happening(list.meaning, block);
    });
    if (count > most) print(out_, "… and {} more\n", count - most);
    // `free all` on an empty heap is no mistake.
    if (count == 0) out_.write("nothing to free\n");
    if (count > 1) {
        print(out_, "{} blocks, {} bytes {}\n", count, bytes,
              list.meaning == BlockList::Meaning::freed ? "given back" : "taken");
    }
}

/// The size is what was asked for; the block's own size follows where it is larger.
void TextRenderer::happening(BlockList::Meaning meaning, const mm::Block& block) {
    if (meaning == BlockList::Meaning::freed) out_.write("freed ");
    label(block);
    print(out_, " at {:#x}", block.address.value);
    if (meaning == BlockList::Meaning::resized) out_.write(" now");
    print(out_, ", {} byte{}", block.layout.size, plural(block.layout.size));
    if (meaning != BlockList::Meaning::freed && block.block_size != block.layout.size) {
        print(out_, " in a block of {}", block.block_size);
    }
    out_.write("\n");
}

/// `#3 buffer`: the number is always there, the name only where one was given.
void TextRenderer::label(const mm::Block& block) {
    print(out_, "#{}", block.number);
    if (!block.name.empty()) print(out_, " {}", block.name.view());
}

/// One block a row, with a line of sums below. `what` names the rows where there are none. By
/// address, so that neighbours stand together. "size" was asked for, "taken" is what it costs.
void TextRenderer::table(const BlockList& list, std::string_view what) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    for_each_block(list, view_.heap, [&](const mm::Block& block) {
        ++count;
        bytes += block.block_size;
        if (!listing_.goes_on()) return;
        if (count == 1) {
            // The head comes with the first row, so that an empty table has none.
            print(out_, "{:<6} {:<14} {:>8} {:>8} {:>5}  {:<8} {}\n", "block", "address", "size",
                  "taken", "align", "name", "allocated by");
        }
        print(out_, "{:<6} {:#014x} {:>8} {:>8} {:>5}  {:<8} {}\n",
              format_fixed<16>("#{}", block.number).view(), block.address.value, block.layout.size,
              block.block_size, block.layout.align, block.name.view(),
              line_text(view_.machine, block.caller).view());
    });
    listing_.close(out_, "block");
    if (count == 0) {
        print(out_, "no {}\n", what);
    } else {
        print(out_, "{} {}{}, {} bytes taken\n", count,
              what == "live block" ? "live block" : "block", plural(count), bytes);
    }
}

/// All that the ledger knows of a block, a fact a line, so that it can be found by its name.
void TextRenderer::text(const OneBlock& one) {
    const mm::Block& block = one.block;
    label(block);
    print(out_, ": {}\n", block.is_live() ? "live" : "freed");
    print(out_, "  address       {:#x} to {:#x}\n", block.address.value, block.end().value);
    print(out_, "  size          {} bytes asked for, {} taken, {} padding\n", block.layout.size,
          block.block_size, block.block_size - block.layout.size);
    print(out_, "  alignment     {}\n", block.layout.align);
    print(out_, "  allocated by  {}\n", line_text(view_.machine, block.caller).view());
    if (!block.is_live()) {
        print(out_, "  freed by      {}\n", line_text(view_.machine, block.freed_by).view());
    }
}

/// In the order of the list, which is that of the search. `next` is the word in memory: with a
/// damaged list it shows where the list leads astray.
void TextRenderer::text(const FreeList&) {
    std::size_t count = 0;
    const auto fault = view_.heap.for_each_hole([&](const mm::Hole& hole) {
        if (!listing_.goes_on()) return true;
        if (count == 0) {
            print(out_, "{:>5}  {:<14} {:>9}  {}\n", "hole", "address", "size", "next");
        }
        print(out_, "{:>5}  {:#014x} {:>9}  ", ++count, address_of(hole.address).value, hole.size);
        if (hole.next == nullptr) {
            out_.write("-\n");
        } else {
            print(out_, "{:#x}\n", address_of(hole.next).value);
        }
        return true;
    });
    listing_.close(out_, "hole");
    // Counted in a walk of their own, so that they hold what Ctrl-C has left out, too.
    const mm::HeapStats stats = view_.heap.stats();
    print(out_, "{} hole{}, {} bytes free, the largest has {}\n", stats.holes, plural(stats.holes),
          stats.free, stats.largest);
    if (fault) out_.write("the list is damaged behind these; see 'check'\n");
}

void TextRenderer::text(const HeapMap& map) {
    draw_heap(out_, view_.heap, map.width, view_.session.ansi ? Colours::on : Colours::off);
    // The tree stands below the map, where the design has one.
    draw_tree(out_, view_.heap);
}

/// What people look for: how much of `used` is not `requested` is the cost of the design; how much
/// smaller the largest hole is than all that is free shows how fragmented the heap is.
void TextRenderer::text(const Stats&) {
    const mm::HeapStats stats = view_.heap.stats();
    // A percentage of the whole heap.
    const auto share = [&](std::size_t part) {
        return static_cast<double>(part) * 100 / static_cast<double>(stats.size);
    };
    print(out_, "allocator      {}", view_.heap.design());
    if (const auto policy = view_.heap.policy()) {
        print(out_, " (fit {}, order {}, coalesce {})", mm::name(policy->fit),
              mm::name(policy->order), mm::name(policy->coalesce));
    }
    if (const auto guard = view_.heap.guard()) print(out_, " (guard {})", mm::name(*guard));
    print(out_, "\nheap           {:#x}, {} bytes\n", view_.heap.start().value, stats.size);
    print(out_, "used           {:>8} bytes  {:>5.1f} %   in {} live block{}\n", stats.used,
          share(stats.used), stats.live, plural(stats.live));
    print(out_, "requested      {:>8} bytes  {:>5.1f} %\n", stats.requested,
          share(stats.requested));
    print(out_, "free           {:>8} bytes  {:>5.1f} %   in {} hole{}\n", stats.free,
          share(stats.free), stats.holes, plural(stats.holes));
    print(out_, "largest hole   {:>8} bytes\n", stats.largest);
    print(out_, "most used      {:>8} bytes  {:>5.1f} %\n", stats.peak_used,
          share(stats.peak_used));
    // 0 where all that is free is one hole; near 1 where it is many small ones.
    print(out_, "fragmentation  {:>8.3f}        (1 - largest/free)\n", stats.fragmentation());
    print(out_, "allocations {}, frees {}, failures {}\n", stats.allocations, stats.frees,
          stats.failures);
}

/// Every problem is a line with a code, an address and a sentence. A sound heap is worth a
/// sentence, too: it says that blocks and holes account for every byte.
void TextRenderer::text(const Check&) {
    bool is_consistent = true;
    for_each_problem(view_.heap, [&](const Problem& problem) {
        print(out_, "{} at {:#x}: {}\n", problem.code, problem.address.value,
              problem.message.view());
        is_consistent = false;
    });
    if (!is_consistent) return;
    const mm::HeapStats stats = view_.heap.stats();
    print(out_, "the heap is consistent: {} block{} and {} hole{} make up all {} bytes\n",
          stats.live, plural(stats.live), stats.holes, plural(stats.holes), stats.size);
    // guard-page finds a use after free only as long as the freed block keeps its addresses.
    if (const std::uint64_t reused = view_.heap.reused_count(); reused > 0) {
        print(out_,
              "the window was used up: {} freed block{} gave up {} place, the longest freed first; "
              "a use of one after its free may meet another block now\n",
              reused, plural(reused), reused == 1 ? "its" : "their");
    }
}

/// How many blocks were live is what the person may have lost without knowing.
void TextRenderer::text(const LiveCount& count) {
    if (count.what == LiveCount::What::marked) {
        print(out_, "marked, with {} live block{}; 'leaks' shows what comes after\n", count.live,
              plural(count.live));
        return;
    }
    print(out_, "{}; {} block{} gone\n",
          count.what == LiveCount::What::reset ? "the heap is empty again"
                                               : "the heap is empty, and all is set as at boot",
          count.live, count.live == 1 ? " is" : "s are");
}

/// A star marks the design in use; only that one has a policy to show, or a guard.
void TextRenderer::text(const Designs&) {
    for (const std::string_view each : mm::design_names()) {
        const bool is_in_use = each == view_.heap.design();
        print(out_, "{} {}", is_in_use ? "*" : " ", each);
        const auto policy = view_.heap.policy();
        if (is_in_use && policy) {
            print(out_, "  fit={} order={} coalesce={}", mm::name(policy->fit),
                  mm::name(policy->order), mm::name(policy->coalesce));
        }
        const auto guard = view_.heap.guard();
        if (is_in_use && guard) print(out_, "  guard={}", mm::name(*guard));
        out_.write("\n");
    }
}

/// An address, or a value: the two kinds of facts that a C++ command shows. Leaked blocks come
/// last, as they were found when the command had ended.
void TextRenderer::text(const Trial& trial) {
    for (std::size_t index = 0; index < trial.count; ++index) {
        const TrialStep& step = trial.steps[index];
        // A vector without elements has no memory yet, for example.
        if (step.address && step.address->value == 0) {
            print(out_, "{} is null\n", step.label.view());
        } else if (step.address) {
            print(out_, "{} at {:#x}\n", step.label.view(), step.address->value);
        } else if (step.value) {
            print(out_, "{} is {}{}\n", step.label.view(), *step.value, step.suffix);
        }
    }
    for_each_leftover(view_.heap, view_.session.commands, [&](const mm::Block& block) {
        out_.write("leaked ");
        label(block);
        print(out_, " at {:#x}, {} byte{}, allocated by {}\n", block.address.value,
              block.layout.size, plural(block.layout.size),
              code_text(view_.machine, block.caller).view());
    });
    // The last line is what a script looks for.
    if (!trial.passed) {
        print(out_, "{} FAILED\n", command_);
    } else if (trial.closing.empty()) {
        print(out_, "{} passed\n", command_);
    } else {
        print(out_, "{}\n", trial.closing);
    }
}

}  // namespace heap44::shell
