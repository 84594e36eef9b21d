// SPDX-License-Identifier: MIT
// Any answer, and those that are no success.
#include <algorithm>

#include "shell/explain/code_text.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

bool TextRenderer::is_quiet(std::size_t depth) const {
    return std::ranges::contains(std::span(courses_).first(depth), Course::compare);
}

void TextRenderer::begin(const Opening& opening) {
    courses_[opening.depth] = opening.course;
    depth_ = opening.depth + 1;
    listing_.open();
}

void TextRenderer::part(const Part& told) {
    if (is_quiet(depth_ - 1)) return;
    std::visit([&](const auto& each) { part(each); }, told);
}

bool TextRenderer::end(const Answer& answer) {
    depth_ = answer.depth;
    command_ = answer.command;
    if (is_ok(answer.reply) && is_quiet(depth_)) {
        notices(answer.notices);
        return true;
    }
    const bool is_in_script = depth_ > 0 && courses_[depth_ - 1] == Course::script;
    if (is_in_script && !is_ok(answer.reply)) print(out_, "line {}: ", lines_[depth_ - 1]);
    std::visit([&](const auto& reply) { text(reply); }, answer.reply);
    notices(answer.notices);
    const bool is_whole = !listing_.was_cut();
    listing_.open();
    return is_whole;
}

void TextRenderer::text(const Error& error) {
    const bool ansi = view_.session.ansi;
    print(out_, "{}{}{}: {}", ansi ? "\x1b[1;31m" : "", name(error.code), ansi ? "\x1b[0m" : "",
          error.message.view());
    if (error.code == ErrorCode::double_free && error.block && !error.block->is_live()) {
        print(out_, ", by {}", line_text(view_.machine, error.block->freed_by).view());
    }
    if (!error.hint.empty()) print(out_, "; {}", error.hint.view());
    out_.write("\n");
    if (error.walk) text(*error.walk);
}

void TextRenderer::text(const Stopped& stopped) {
    write_report(out_, stopped.report, view_.machine);
    print(out_, "'{}' was abandoned{}\n", command_,
          stopped.left.blocks > 0 ? "; 'leaks' shows what it left behind" : "");
}

void TextRenderer::text(const Provoked& provoked) {
    write_report(out_, provoked.report, view_.machine);
}

}  // namespace heap44::shell
