// SPDX-License-Identifier: MIT
// Any answer, and those that are no success.
#include "shell/code_text.hpp"
#include "shell/render/json_renderer.hpp"
#include "shell/render/render_json.hpp"

namespace heap44::shell {

void JsonRenderer::answer(const Answer& answer, const std::uint64_t* sequence) {
    json_.object([&] {
        // These know only at their end whether Ctrl-C stopped them.
        const bool knows_late = std::holds_alternative<Repeat>(answer.reply) ||
                                std::holds_alternative<Compare>(answer.reply) ||
                                std::holds_alternative<Bench>(answer.reply);
        if (!knows_late) json_.member("ok", is_ok(answer.reply));
        if (sequence != nullptr) json_.member("seq", *sequence);
        json_.text_or_null("command", answer.command);
        std::visit([&](const auto& reply) { keys(reply); }, answer.reply);
        notices();
    });
}

void JsonRenderer::keys(const Error& error) {
    json_.object("error", [&] {
        json_.member("code", name(error.code));
        json_.member("message", error.message.view());
        json_.member("address", error.address);
        if (error.block) {
            json_.object("block", [&] { block(*error.block); });
            history(*error.block);
        }
        if (error.offset) json_.member("offset", *error.offset);
        shortage(error.shortage);
        if (!error.hint.empty()) json_.member("hint", error.hint.view());
    });
    // The steps of a walk that ends nowhere are worth seeing all the same.
    if (error.walk) walk(*error.walk);
}

void JsonRenderer::keys(const Stopped& stopped) {
    json_.object("error", [&] {
        report(stopped.report);
        json_.member("blocks_left", stopped.left.blocks);
        json_.member("bytes_left", stopped.left.bytes);
    });
}

void JsonRenderer::keys(const Provoked& provoked) {
    json_.object("report", [&] { report(provoked.report); });
}

void JsonRenderer::report(const Report& report) {
    json_.member("code", name(report.code));
    json_.member("message", report.message.view());
    json_.member("address", as_address(report.address));
    if (report.size != 0) json_.member("size", report.size);
    if (report.block) {
        json_.object("block", [&] { block(*report.block); });
        json_.member("offset", report.offset);
        history(*report.block);
    } else {
        json_.null("block");
        json_.null("offset");
        for (const auto key : {"allocated_by", "allocated_in", "freed_by", "freed_in"}) {
            json_.null(key);
        }
    }
    code("caller", report.caller, caller_use(report));
    shortage(report.shortage);
    if (report.holder) code("holder", report.holder);
    if (!report.exception.empty()) {
        json_.member("exception", report.exception);
        json_.member("vector", unsigned{report.vector});
        json_.member("error_code", report.error_code);
        json_.member("explanation", report.explanation.view());
    }
    json_.object("registers", [&] {
        for (std::size_t index = 0; index < report.register_count; ++index) {
            const auto& [name, value] = report.registers[index];
            json_.member(name, VirtAddr{value});
        }
    });
    json_.array("backtrace", [&] {
        for (std::size_t index = 0; index < report.backtrace_depth; ++index) {
            json_.element(code_text(context_.platform, report.backtrace[index]).view());
        }
    });
    if (report.memory) dump(*report.memory);
}

void JsonRenderer::code(std::string_view key, std::optional<std::uint64_t> address, CodeUse use) {
    if (address.value_or(0) == 0) {
        json_.null(key);
    } else {
        json_.member(key, code_text(context_.platform, *address, use).view());
    }
}

std::optional<VirtAddr> JsonRenderer::as_address(std::optional<std::uint64_t> value) {
    if (!value) return std::nullopt;
    return VirtAddr{*value};
}

void render_json(const Answer& answer, std::uint64_t sequence, Context& context,
                 Executor& executor) {
    JsonWriter json(context.platform);
    JsonRenderer(json, context, executor).answer(answer, &sequence);
    context.platform.write("\n");
}

}  // namespace heap44::shell
