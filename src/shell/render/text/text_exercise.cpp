// SPDX-License-Identifier: MIT
// What compare, ops, random and why answer, as text.
//
// Exercises are looked at side by side, so every line of one kind has its columns at the same
// places.

#include <algorithm>
#include <array>
#include <utility>

#include "mm/heap/history/trace.hpp"
#include "shell/answer/search.hpp"
#include "shell/answer/session.hpp"
#include "shell/explain/shortage.hpp"
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

/// What tells it from the others.
std::string_view title(const Contestant& contestant) {
    return contestant.policy ? mm::name(contestant.policy->fit) : contestant.design;
}

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
        print(output, "{:<22}", title(each));
        for (const Figure& figure : figures) {
            if (differs(figure)) print(output, " {:>9}", figure.of(each.stats));
        }
        output.write("\n");
    }
}

}  // namespace

/// A line that names the contestant: whoever waits sees which one is at work, and what fails stands
/// below it.
void TextRenderer::part(const ContestantBegun& begun) {
    print(out_, "--- {}{}{}\n", begun.design, begun.policy ? " fit=" : "",
          begun.policy ? mm::name(begun.policy->fit) : "");
}

/// A small map of what this design made of the same commands. It is drawn at the end, for only then
/// it is known in which scale all can be drawn.
void TextRenderer::part(const ContestantDone&) {
    pictures_[picture_count_++].take(view_.heap);
}

/// One below the other, in one scale where they are of the same heap: else shapes could not be
/// compared. A design that has a heap of its own has a scale of its own.
void TextRenderer::maps(std::span<const Contestant> contestants) {
    if (contestants.empty()) return;
    const std::span pictures = std::span(pictures_).first(contestants.size());
    const auto coarsest_of = [&](const HeapPicture& one) {
        std::size_t coarsest = 0;
        for (const HeapPicture& each : pictures) {
            if (each.start() == one.start()) coarsest = std::max(coarsest, each.bytes_each());
        }
        return coarsest;
    };
    VirtAddr shown;
    for (std::size_t index = 0; index < contestants.size(); ++index) {
        HeapPicture& picture = pictures[index];
        picture.coarsen_to(coarsest_of(picture));
        out_.write("\n");
        if (picture.start() != std::exchange(shown, picture.start())) {
            write_scale(out_, picture.start(), picture.end(), HeapPicture::width,
                        picture.bytes_each());
        }
        print(out_, "{}\n", title(contestants[index]));
        draw_picture(out_, picture, view_.session.ansi ? Colours::on : Colours::off);
    }
    out_.write("\n");
}

void TextRenderer::text(const Compared& compared) {
    const auto contestants = std::span(compared.contestants).first(compared.count);
    maps(contestants);
    // What has not run to its end cannot be compared.
    if (compared.interrupted) return out_.write("interrupted: stopped by Ctrl-C\n");
    write_differences(out_, contestants);
}

/// The operation as it was typed stands first, so that the list can be followed with a finger.
void TextRenderer::part(const OperationDone& done) {
    print(out_, "{:>8}  ", done.operation.text);
    if (done.reason) return print(out_, "{}\n", in_short(*done.reason));
    if (!done.block) return out_.write("nothing: that allocation had failed\n");
    print(out_, "{}#{} at {:#x}\n", done.operation.frees ? "freed " : "", done.block->number,
          done.block->address.value);
}

/// The seed is told, since with it the same can be had again.
void TextRenderer::text(const RandomOperations& done) {
    print(out_, "{} operation{} with seed {}: {} allocation{}, {} free{}, {} that failed",
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
        print_failure(out_, view_.heap, {.layout = search.layout});
        return out_.write("\n");
    }
    print(out_, "the block would be at {:#x}\n", result.chosen->value);
    for (std::size_t index = 0; index < result.left_count; ++index) {
        print(out_, "left: {:#x}, {} bytes\n", address_of(result.left[index].address).value,
              result.left[index].size);
    }
    if (result.left_count == 0) out_.write("nothing of the hole would be left\n");
}

}  // namespace heap44::shell
