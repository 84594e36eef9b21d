// SPDX-License-Identifier: MIT
// What compare, ops, random and why answer, as text.
//
// Exercises are looked at side by side, so every line of one kind has its columns at the same
// places.

#include <algorithm>
#include <array>

#include "mm/heap/history/trace.hpp"
#include "shell/answer/search.hpp"
#include "shell/answer/session.hpp"
#include "shell/render/heap_drawing.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

namespace {

/// A figure of `stats` that may differ, and how to read it.
struct Figure {
    std::string_view name;
    std::uint64_t (*of)(const mm::HeapStats& stats);
};
constexpr std::array<Figure, 8> figures{{
    {"used", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.used; }},
    {"requested", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.requested; }},
    {"free", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.free; }},
    {"largest", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.largest; }},
    {"holes", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.holes; }},
    {"live", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.live; }},
    {"most used", [](const mm::HeapStats& stats) -> std::uint64_t { return stats.peak_used; }},
    {"failures", [](const mm::HeapStats& stats) { return stats.failures; }},
}};

/// A table of the figures that are not the same for all. What is equal teaches nothing here, and
/// eight columns would not fit.
void write_differences(Output& output, std::span<const Contestant> contestants) {
    // All are compared with the first: if none differs from that, all are alike.
    const auto differs = [&](const Figure& figure) {
        return std::ranges::any_of(contestants, [&](const Contestant& each) {
            return figure.of(each.stats) != figure.of(contestants.front().stats);
        });
    };
    if (std::ranges::none_of(figures, differs)) return output.write("no figure differs\n");
    print(output, "what differs:\n{:<22}", "");
    for (const Figure& figure : figures) {
        if (differs(figure)) print(output, " {:>9}", figure.name);
    }
    output.write("\n");
    for (const Contestant& each : contestants) {
        print(output, "{:<22}", each.policy ? mm::name(each.policy->fit) : each.design);
        for (const Figure& figure : figures) {
            if (differs(figure)) print(output, " {:>9}", figure.of(each.stats));
        }
        output.write("\n");
    }
}

}  // namespace

/// A line that names the contestant, as a headline over what its commands say.
void TextRenderer::part(const ContestantBegun& begun) {
    print(out_, "--- {}{}{}\n", begun.design, begun.policy ? " fit=" : "",
          begun.policy ? mm::name(begun.policy->fit) : "");
}

/// A small map of what this design made of the same commands: three rows are enough to compare
/// shapes.
void TextRenderer::part(const ContestantDone&) {
    constexpr std::size_t width = 64;
    constexpr std::size_t rows = 3;
    const Colours colours = view_.session.ansi ? Colours::on : Colours::off;
    draw_heap(out_, view_.heap, width, colours, rows, Legend::off);
    out_.write("\n");
}

void TextRenderer::text(const Compared& compared) {
    // What has not run to its end cannot be compared.
    if (compared.interrupted) return out_.write("interrupted: stopped by Ctrl-C\n");
    write_differences(out_, std::span(compared.contestants).first(compared.count));
}

/// The operation as it was typed stands first, so that the list can be followed with a finger.
void TextRenderer::part(const OperationDone& done) {
    print(out_, "{:>8}  ", done.operation.text);
    if (!done.block) {
        out_.write(done.operation.frees ? "nothing: that allocation had failed\n"
                                        : "no hole fits\n");
        return;
    }
    print(out_, "{}#{} at {:#x}\n", done.operation.frees ? "freed " : "", done.block->number,
          done.block->address.value);
}

/// The seed is told, since with it the same can be had again.
void TextRenderer::text(const RandomOperations& done) {
    print(out_, "{} operation{} with seed {}: {} allocation{}, {} free{}, {} that found no hole",
          done.operations, plural(done.operations), done.seed, done.allocations,
          plural(done.allocations), done.frees, plural(done.frees), done.failures);
    if (done.passed_over > 0) {
        print(out_, ", {} free{} of such", done.passed_over, plural(done.passed_over));
    }
    out_.write("\n");
}

/// First the way (every hole that was looked at, and why it was passed over), then the result.
void TextRenderer::text(const Search& search) {
    const SearchResult& result = search.result;
    for_each_visited(view_.heap, search.layout, result, [&](const VisitedHole& hole) {
        print(out_, "{:#014x} {:>9} bytes  {}\n", hole.address.value, hole.size, hole.reason);
    });
    if (!result.chosen) {
        print(out_, "no hole fits {} byte{} (align {})\n", search.layout.size,
              plural(search.layout.size), search.layout.align);
        return;
    }
    print(out_, "the block would be at {:#x}\n", result.chosen->value);
    for (std::size_t index = 0; index < result.left_count; ++index) {
        print(out_, "left: {:#x}, {} bytes\n", address_of(result.left[index].address).value,
              result.left[index].size);
    }
    if (result.left_count == 0) out_.write("nothing of the hole would be left\n");
}

}  // namespace heap44::shell
