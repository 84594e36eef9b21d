// SPDX-License-Identifier: MIT
#include "shell/input/line_editor.hpp"

#include <algorithm>

#include "shell/input/utf8.hpp"
#include "shell/platform/visiting.hpp"

namespace heap44::shell {

void LineEditor::start() {
    size_ = cursor_ = recalled_ = excess_ = 0;
    damaged_ = searching_ = listed_ = false;
    display_.start();
}

LineEditor::Event LineEditor::feed(InputByte byte) {
    // Damage is noted even if the byte completes no key: the line cannot be trusted any more.
    if (byte.damaged) damaged_ = true;
    const Key key = keys_.feed(byte.value);
    if (keys_.has_dropped()) display_.bell();
    if (key == Key::interrupt) {
        // Whatever sequence was under way belongs to the line that is given up.
        keys_ = KeyDecoder();
        if (searching_) take_found();
        return Event::interrupted;
    }
    if (key == Key::enter) return finish();
    if (key == Key::position) return Event::position;
    const bool was_tab = listed_;
    handle(key, keys_.text());
    // Any other key than Tab begins anew, so that the list comes only on Tab twice in a row.
    if (was_tab && key != Key::tab && key != Key::none) listed_ = false;
    return Event::none;
}

LineEditor::Event LineEditor::finish() {
    if (searching_) take_found();
    // The cursor goes to the end, so that the answer does not overwrite a part of a long line.
    move_to(size_);
    if (excess_ > 0 || damaged_) {
        size_ = 0;
        return excess_ > 0 ? Event::too_long : Event::damaged;
    }
    return Event::line;
}

void LineEditor::handle(Key key, std::string_view character) {
    if (excess_ > 0) return handle_excess(key, character);
    if (searching_ && handle_search(key, character)) return;
    switch (key) {
        case Key::none:
        case Key::enter:
        case Key::interrupt:
        case Key::escape:
        case Key::position:
            return;
        case Key::rejected:
        case Key::cancel:
            return display_.bell();
        case Key::character:
            return insert(character);
        case Key::tab:
            return complete();
        case Key::backspace:
            return erase(before(cursor_), cursor_);
        case Key::erase:
            return erase(cursor_, after(cursor_));
        case Key::left:
            return move_to(before(cursor_));
        case Key::right:
            return move_to(after(cursor_));
        case Key::home:
            return move_to(0);
        case Key::end:
            return move_to(size_);
        case Key::kill_to_start:
            return erase(0, cursor_);
        case Key::kill_to_end:
            return erase(cursor_, size_);
        case Key::kill_word:
            return erase(word_start(), cursor_);
        case Key::up:
            return recall(true);
        case Key::down:
            return recall(false);
        case Key::clear_screen:
            return clear_screen();
        case Key::search:
            searching_ = true;
            search_.start();
            return show_anew();
    }
}

/// Any other key would need the characters that nobody kept.
void LineEditor::handle_excess(Key key, std::string_view character) {
    switch (key) {
        case Key::none:
            return;
        case Key::character:
            return insert(character);
        case Key::backspace:
            --excess_;
            return;
        case Key::kill_to_start:
            excess_ = 0;
            return erase(0, cursor_);
        default:
            return display_.bell();
    }
}

// --- the text ---

void LineEditor::insert(std::string_view text) {
    if (excess_ > 0 || text.size() > text_.size() - size_) {
        // Cut and run, the line could do something that nobody has typed. One bell says so, lest a
        // long paste ring a thousand.
        if (excess_ == 0) display_.bell();
        excess_ += columns(text);
        return;
    }
    std::copy_backward(text_.data() + cursor_, text_.data() + size_,
                       text_.data() + size_ + text.size());
    text.copy(text_.data() + cursor_, text.size());
    size_ += text.size();
    const bool at_end = cursor_ + text.size() == size_;
    const std::size_t unchanged = cursor_;
    cursor_ += text.size();
    if (at_end) {
        display_.append(line(), text);
    } else {
        display_.show(line(), cursor_, unchanged);
    }
}

void LineEditor::erase(std::size_t from, std::size_t to) {
    // Nothing to erase: backspace at the start, delete at the end. The bell says that the key
    // arrived.
    if (from == to) return display_.bell();
    std::copy(text_.data() + to, text_.data() + size_, text_.data() + from);
    size_ -= to - from;
    cursor_ = from;
    display_.show(line(), cursor_, from);
}

void LineEditor::replace(std::string_view text) {
    size_ = text.copy(text_.data(), text_.size());
    cursor_ = size_;
    display_.show(line(), cursor_, 0);
}

void LineEditor::move_to(std::size_t position) {
    cursor_ = position;
    display_.show(line(), cursor_, size_);
}

std::size_t LineEditor::before(std::size_t position) const {
    if (position > 0) --position;
    while (position > 0 && is_continuation(text_[position])) --position;
    return position;
}

std::size_t LineEditor::after(std::size_t position) const {
    if (position < size_) ++position;
    while (position < size_ && is_continuation(text_[position])) ++position;
    return position;
}

std::size_t LineEditor::word_start() const {
    std::size_t start = cursor_;
    while (start > 0 && text_[start - 1] == ' ') --start;
    while (start > 0 && text_[start - 1] != ' ') --start;
    return start;
}

// --- history ---

/// Steps through the history. The line that was being typed is kept in `own_`, and comes back when
/// the steps lead down again.
void LineEditor::recall(bool older) {
    const bool possible = older ? recalled_ < history_.size() : recalled_ > 0;
    if (!possible) return display_.bell();
    if (recalled_ == 0) {
        own_.clear();
        own_.write(line());
    }
    recalled_ += older ? 1 : std::size_t(-1);
    replace(recalled_ == 0 ? own_.view() : history_.recent(recalled_ - 1));
}

/// Whether the key belonged to the search; any other takes the line that was found, and does what
/// it does.
bool LineEditor::handle_search(Key key, std::string_view character) {
    bool found = true;
    switch (key) {
        case Key::none:
            return true;
        case Key::character:
            found = search_.extend(character);
            break;
        case Key::backspace:
            found = search_.shorten();
            break;
        case Key::search:
            found = search_.search_older();
            break;
        case Key::rejected:
            found = false;
            break;
        case Key::cancel:
            searching_ = false;
            break;
        default:
            take_found();
            return key == Key::escape;
    }
    if (!found) display_.bell();
    show_anew();
    return true;
}

/// Ends the search. Where nothing was found the line is as it was.
void LineEditor::take_found() {
    searching_ = false;
    if (const auto found = search_.found()) {
        size_ = cursor_ = found->copy(text_.data(), text_.size());
    }
    show_anew();
}

// --- completion ---

/// Completes as far as all candidates agree. One candidate is completed with a space, unless it
/// ends in `=`, where the value follows. If nothing can be added the first Tab rings and the second
/// lists the candidates.
void LineEditor::complete() {
    // The longest common beginning, worked out as the candidates go by: none of them is kept.
    std::size_t count = 0;
    FixedText<64> common;
    auto shorten = visiting<std::string_view>([&](std::string_view candidate) {
        if (count++ == 0) {
            common = FixedText<64>(candidate);
        } else {
            const auto end = std::ranges::mismatch(common.view(), candidate).in1;
            const auto size = static_cast<std::size_t>(end - common.view().begin());
            const FixedText<64> longer = common;
            common = FixedText<64>(longer.view().substr(0, size));
        }
        return true;
    });
    const std::string_view typed = line().substr(0, cursor_);
    const std::size_t known = cursor_ - completer_.complete(typed, shorten);
    if (count == 0) return display_.bell();
    const std::string_view more = common.view().substr(std::min(known, common.view().size()));
    if (count == 1) {
        insert(more);
        if (!common.view().ends_with('=')) insert(" ");
    } else if (!more.empty()) {
        insert(more);
    } else if (listed_) {
        list_candidates(typed);
    } else {
        display_.bell();
        listed_ = true;
    }
}

void LineEditor::list_candidates(std::string_view text) {
    // Candidates side by side, two spaces apart, on rows of 80 columns. 100 are enough for anybody.
    constexpr std::size_t columns = 80;
    std::size_t column = 0;
    std::size_t count = 0;
    auto list = visiting<std::string_view>([&](std::string_view candidate) {
        const bool is_first = column == 0;
        const bool fits = is_first || column + 2 + candidate.size() <= columns;
        if (!is_first) display_.say(fits ? "  " : "\n");
        display_.say(candidate);
        column = (fits && !is_first ? column + 2 : 0) + candidate.size();
        return ++count < 100;
    });
    display_.say("\n");
    completer_.complete(text, list);
    display_.say("\n");
    display_.start();
    show_anew();
}

// --- showing ---

void LineEditor::clear_screen() {
    display_.clear_screen();
    show_anew();
}

/// During a search the row shows the pattern in front of the line that was found.
void LineEditor::show_anew() {
    if (!searching_) return display_.show(line(), cursor_, 0);
    const auto text = format_fixed<max_line + HistorySearch::max_pattern + 32>(
        "({}search '{}') {}", search_.has_failed() ? "failed " : "", search_.pattern(),
        search_.found().value_or(line()));
    display_.show(text.view(), text.view().size(), 0);
}

}  // namespace heap44::shell
