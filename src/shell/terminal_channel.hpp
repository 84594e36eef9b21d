// SPDX-License-Identifier: MIT
// The terminal as a channel: text for a person, or JSON where the line or the session asks for it.
//
// It passes everything on to one of the two renderers, by `--json` on the line or by the session's
// switch. An answer that begins keeps its form to its end. Most answers only end, and then the
// switch is looked at: so `json on` is answered in JSON already, and `json off` in text.
#pragma once

#include "shell/answer/channel.hpp"
#include "shell/answer/view.hpp"
#include "shell/platform/machine.hpp"
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/live_map.hpp"
#include "shell/render/text/text_renderer.hpp"

namespace heap44::shell {

/// It also lets the pinned map follow what long commands do, for it alone knows in which form the
/// answer is: a map drawn into the middle of JSON would break the line.
class TerminalChannel final : public Channel {
public:
    TerminalChannel(Output& terminal, const View& view, LiveMap& live)
        : view_(view), text_(terminal, view), json_(terminal, view), live_(live) {}

    /// A line comes whose answers are JSON throughout, or each as the session then is.
    void start_line(bool json) { line_is_json_ = json; }
    void end_line() { line_is_json_ = false; }

    void begin(const Opening& opening) override {
        choose(opening.depth);
        has_begun_ = true;
        form_->begin(opening);
    }
    void part(const Part& part) override {
        choose(0);
        form_->part(part);
    }
    bool end(const Answer& answer) override {
        choose(answer.depth);
        const bool is_whole = form_->end(answer);
        if (answer.depth == 0) has_begun_ = false;
        // The pinned map follows what a command's own commands do; within JSON nothing may stand.
        if (answer.depth > 0 && form_ == &text_) live_.follow_at(view_.machine.nanoseconds());
        return is_whole;
    }
    void machine_ends() override { live_.follow(false); }

private:
    /// An answer has one form from its beginning to its end.
    void choose(std::size_t depth) {
        if (depth > 0 || has_begun_) return;
        form_ = line_is_json_ || view_.session.json ? static_cast<Channel*>(&json_) : &text_;
    }

    const View view_;
    TextRenderer text_;
    JsonRenderer json_;
    LiveMap& live_;
    Channel* form_ = &text_;
    bool line_is_json_ = false;
    bool has_begun_ = false;
};

}  // namespace heap44::shell
