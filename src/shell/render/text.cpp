// SPDX-License-Identifier: MIT
// Any answer, and those that are no success.
#include "shell/code_text.hpp"
#include "shell/render/render_text.hpp"
#include "shell/render/report_text.hpp"
#include "shell/render/text_renderer.hpp"

namespace heap44::shell {

void TextRenderer::answer(const Answer& answer) {
    command_ = answer.command;
    std::visit([&](const auto& reply) { text(reply); }, answer.reply);
    notices();
}

void TextRenderer::text(const Error& error) {
    const bool ansi = context_.session.ansi;
    print(out_, "{}{}{}: {}", ansi ? "\x1b[1;31m" : "", name(error.code), ansi ? "\x1b[0m" : "",
          error.message.view());
    if (error.code == ErrorCode::double_free && error.block && !error.block->is_live()) {
        print(out_, ", by {}", line_text(context_.platform, error.block->freed_by).view());
    }
    if (!error.hint.empty()) print(out_, "; {}", error.hint.view());
    out_.write("\n");
    if (error.walk) text(*error.walk);
}

void TextRenderer::text(const Stopped& stopped) {
    write_report(out_, stopped.report, context_.platform);
    print(out_, "'{}' was abandoned{}\n", command_,
          stopped.left.blocks > 0 ? "; 'leaks' shows what it left behind" : "");
}

void TextRenderer::text(const Provoked& provoked) {
    write_report(out_, provoked.report, context_.platform);
}

void render_text(const Answer& answer, Context& context, Executor& executor) {
    TextRenderer(context, executor).answer(answer);
}

}  // namespace heap44::shell
