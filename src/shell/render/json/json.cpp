// SPDX-License-Identifier: MIT
// Any answer, and those that are no success.
//
// The order of keys: `ok` first, where it is known then, `seq`, `command`, the keys of the reply,
// notices. A reader that goes by keys does not care; a person who reads the line does.

#include <concepts>

#include "shell/explain/code_text.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

namespace {

/// Whether a type is one of several.
template <class T, class... Others>
constexpr bool is_any_of = (std::same_as<T, Others> || ...);

/// Whether the design is asked while the keys are drawn. A design of somebody's own may fail there,
/// so that it is known only at the end that all is ok; `ok` then is the last key and not the first.
bool asks_design(const Reply& reply) {
    return std::visit(
        []<class R>(const R&) { return is_any_of<R, FreeList, HeapMap, Stats, Check, Search>; },
        reply);
}

/// The key under which the parts of the answer stand.
std::string_view list_name(Course course) {
    if (course == Course::operations) return "operations";
    return course == Course::difference ? JsonRenderer::difference_lists.front() : "results";
}

}  // namespace

/// Opens an answer's object. `ok` is nothing where it is not known yet. The number of the answer
/// stands only in the outermost one, since all within it share it.
void JsonRenderer::open(std::string_view command, std::size_t depth, std::uint64_t sequence,
                        std::optional<bool> ok) {
    json_.begin_object();
    levels_[depth] = json_.depth();
    depth_ = depth + 1;
    if (ok) json_.member("ok", *ok);
    if (depth == 0) json_.member("seq", sequence);
    json_.text_or_null("command", command);
}

/// An answer in parts: its object and its list stay open until `end`.
void JsonRenderer::begin(const Opening& opening) {
    open(opening.command, opening.depth, opening.sequence, std::nullopt);
    list_ = list_name(opening.course);
    json_.begin_array(list_);
}

void JsonRenderer::part(const Part& told) {
    std::visit([&](const auto& each) { part(each); }, told);
}

/// Where the answer has begun, all that was opened since is closed first, wherever it was stopped.
/// Else the whole object is written here.
bool JsonRenderer::end(const Answer& answer) {
    const bool ok = is_ok(answer.reply);
    const bool is_open = depth_ > answer.depth;
    const bool ok_is_last = !is_open && asks_design(answer.reply);
    if (is_open) {
        json_.close_down_to(levels_[answer.depth]);
        json_.member("ok", ok);
    } else {
        open(answer.command, answer.depth, answer.sequence,
             ok_is_last ? std::nullopt : std::optional(ok));
    }
    std::visit([&](const auto& reply) { keys(reply); }, answer.reply);
    notices(answer.notices);
    if (ok_is_last) json_.member("ok", ok);
    json_.end_object();
    depth_ = answer.depth;
    // One line for each answer to what was typed: a reader needs no parser to find where it ends.
    if (depth_ == 0) out_.write("\n");
    return true;
}

/// Whatever is known of the block stands in keys of its own: no reader has to take the message
/// apart.
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
        other_block(error.also);
        if (error.access != Access::none) json_.member("access", name(error.access));
        shortage(error.shortage);
        if (!error.hint.empty()) json_.member("hint", error.hint.view());
    });
    // The levels of a walk that ends nowhere are worth seeing all the same.
    if (error.walk) walk(*error.walk);
}

/// The report's keys, and what the command has left allocated.
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

/// A report has the same keys whatever stopped the command; what is not known is null. Keys that
/// only some reports have (`holder`, `exception`) are left out of the others.
void JsonRenderer::report(const Report& report) {
    json_.member("code", name(report.code));
    json_.member("message", report.message.view());
    json_.member("address", as_address(report.address));
    if (report.size != 0) json_.member("size", report.size);
    json_.text_or_null("access", report.access == Access::none ? "" : name(report.access));
    if (report.block) {
        json_.object("block", [&] { block(*report.block); });
        json_.member("offset", report.offset);
        history(*report.block);
    } else {
        // Without a block the keys that speak of it are null: the same keys in every report.
        json_.null("block");
        json_.null("offset");
        for (const auto key : {"allocated_by", "allocated_in", "freed_by", "freed_in"}) {
            json_.null(key);
        }
    }
    other_block(report.also);
    code("caller", report.caller, caller_use(report));
    shortage(report.shortage);
    if (report.holder) code("holder", report.holder);
    if (!report.exception.empty()) {
        json_.member("exception", report.exception);
        json_.member("vector", unsigned{report.vector});
        json_.member("error_code", report.error_code);
        json_.member("explanation", report.explanation.view());
    }
    // Empty for a panic, where registers say nothing.
    json_.object("registers", [&] {
        for (std::size_t index = 0; index < report.register_count; ++index) {
            const auto& [name, value] = report.registers[index];
            json_.member(name, VirtAddr{value});
        }
    });
    json_.array("backtrace", [&] {
        for (std::size_t index = 0; index < report.backtrace_depth; ++index) {
            json_.element(code_text(view_.machine, report.backtrace[index]).view());
        }
    });
    if (report.memory) dump(*report.memory);
}

/// A code address as `function+0x12 (file.cpp:34)`, null for none.
void JsonRenderer::code(std::string_view key, std::optional<std::uint64_t> address, CodeUse use) {
    if (address.value_or(0) == 0) {
        json_.null(key);
    } else {
        json_.member(key, code_text(view_.machine, *address, use).view());
    }
}

std::optional<VirtAddr> JsonRenderer::as_address(std::optional<std::uint64_t> value) {
    if (!value) return std::nullopt;
    return VirtAddr{*value};
}

}  // namespace heap44::shell
