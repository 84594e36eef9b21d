// SPDX-License-Identifier: MIT
// Any answer, and those that are no success.
//
// An answer goes through `end` in this order: is it told at all, where does it stand in a script,
// what does it say, what came up meanwhile. Only `end` knows the depth; the functions for the kinds
// do not.

#include <algorithm>
#include <utility>

#include "mm/heap/history/trace.hpp"
#include "shell/answer/session.hpp"
#include "shell/explain/code_text.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

/// Of a comparison people want the maps and the table. What each command says would bury them, so
/// it is left out, unless it is an error.
bool TextRenderer::is_quiet(std::size_t depth) const {
    return std::ranges::contains(std::span(courses_).first(depth), Course::compare);
}

/// Text has nothing to open: only what the answer is has to be known, for what comes within it.
void TextRenderer::begin(const Opening& opening) {
    erase_progress();
    courses_[opening.depth] = opening.course;
    if (opening.course == Course::compare) picture_count_ = 0;
    depth_ = opening.depth + 1;
    listing_.open();
}

void TextRenderer::part(const Part& told) {
    // It may come from any depth, and before anything was begun.
    if (const auto* progress = std::get_if<Progress>(&told)) return part(*progress);
    erase_progress();
    if (is_quiet(depth_ - 1)) return;
    std::visit([&](const auto& each) { part(each); }, told);
}

/// Draws the answer. What was open below it has ended with it, whether it was told or not.
bool TextRenderer::end(const Answer& answer) {
    erase_progress();
    depth_ = answer.depth;
    command_ = answer.command;
    // Damage is worth telling even there.
    if (is_ok(answer.reply) && is_quiet(depth_)) {
        notices(answer.notices);
        return true;
    }
    // A person who reads what a script came to has to find the line that failed.
    const bool is_in_script = depth_ > 0 && courses_[depth_ - 1] == Course::script;
    if (is_in_script && !is_ok(answer.reply)) print(out_, "line {}: ", lines_[depth_ - 1]);
    std::visit([&](const auto& reply) { text(reply); }, answer.reply);
    notices(answer.notices);
    // A listing is cut by Ctrl-C. The flag has to be taken before the next listing begins.
    const bool is_whole = !listing_.was_cut();
    listing_.open();
    return is_whole;
}

/// For terminals that redraw: on a line that is erased by whatever is written next.
void TextRenderer::show_progress(std::string_view text) {
    if (!view_.session.ansi) return;
    erase_progress();
    out_.write(text);
    shows_progress_ = true;
}

/// Return to the start of the row, erase to its end (EL).
void TextRenderer::erase_progress() {
    if (std::exchange(shows_progress_, false)) out_.write("\r\x1b[K");
}

void TextRenderer::part(const Progress& progress) {
    show_progress(
        format_fixed<80>("{}: {} of {}", progress.what, progress.done, progress.total).view());
}

/// `code: message; hint` on one line; the code is red where there are colours.
void TextRenderer::text(const Error& error) {
    const bool ansi = view_.session.ansi;
    print(out_, "{}{}{}: {}", ansi ? "\x1b[1;31m" : "", name(error.code), ansi ? "\x1b[0m" : "",
          error.message.view());
    // Who freed the block first is what the person has to find; the message knows only when.
    if (error.code == ErrorCode::double_free && error.block && !error.block->is_live()) {
        print(out_, ", by {}", line_text(view_.machine, error.block->freed_by).view());
    }
    if (!error.hint.empty()) print(out_, "; {}", error.hint.view());
    out_.write("\n");
    if (error.walk) text(*error.walk);
}

/// The report, then what that means for the command: it will not go on, and nothing was taken back.
void TextRenderer::text(const Stopped& stopped) {
    write_report(out_, stopped.report, view_.machine);
    print(out_, "'{}' was abandoned{}\n", command_,
          stopped.left.blocks > 0 ? "; 'leaks' shows what it left behind" : "");
}

void TextRenderer::text(const Provoked& provoked) {
    write_report(out_, provoked.report, view_.machine);
}

}  // namespace heap44::shell
