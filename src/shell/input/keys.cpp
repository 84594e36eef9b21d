// SPDX-License-Identifier: MIT
#include "shell/input/keys.hpp"

#include <algorithm>

namespace heap44::shell {

namespace {

constexpr std::uint8_t escape = 0x1b;
constexpr std::uint8_t interrupt_byte = 0x03;

constexpr bool is_line_end(std::uint8_t byte) {
    return byte == '\r' || byte == '\n';
}

}  // namespace

// The state decides what a byte means. Only in `ground` is a byte text.
Key KeyDecoder::feed(std::uint8_t byte) {
    has_dropped_ = false;
    // Whatever was begun, Ctrl-C and the end of a line end it: a broken sequence costs no more
    // than its line.
    if (byte == interrupt_byte || is_line_end(byte)) state_ = State::ground;
    if (state_ == State::ground) return ground(byte);
    // ESC begins anew, whatever was begun; behind another ESC it is the key by itself.
    if (byte == escape) {
        const bool is_key = state_ == State::escape;
        state_ = State::escape;
        return is_key ? unless_pasting(Key::escape) : Key::none;
    }
    switch (state_) {
        case State::ground:
        case State::escape:
            return after_escape(byte);
        case State::intermediate:
            if (byte < 0x20 || byte > 0x2f) state_ = State::ground;
            return Key::none;
        case State::csi_start:
            return after_csi(byte);
        case State::csi:
            return in_csi(byte);
        case State::ss3:
            return in_ss3(byte);
        case State::payload:
            if (--payload_left_ == 0) state_ = State::ground;
            return Key::none;
        case State::string:
            // A title, a colour's answer, what a clipboard holds: however long, it is no text.
            // BEL ends it, or ESC \.
            if (byte == 0x07) state_ = State::ground;
            return Key::none;
    }
    return Key::none;
}

Key KeyDecoder::ground(std::uint8_t byte) {
    // Return, line feed, or both in this order: each of them ends one line, as terminals, files and
    // pipes have it.
    const bool follows_return = after_return_;
    after_return_ = byte == '\r';
    if (byte == '\n' && follows_return) return Key::none;
    if (byte < 0x20 || byte == 0x7f) {
        // A control character inside a character of several bytes: the character is lost, and is
        // reported.
        has_dropped_ = utf8_.is_pending();
        utf8_.reset();
        return control(byte);
    }
    switch (utf8_.feed(byte)) {
        case Utf8Decoder::Result::pending:
            return Key::none;
        case Utf8Decoder::Result::character:
            return Key::character;
        case Utf8Decoder::Result::invalid:
            return Key::rejected;
        case Utf8Decoder::Result::retry:
            break;
    }
    // The byte does not continue the character that was begun. That one is dropped; this byte may
    // begin another.
    has_dropped_ = true;
    switch (utf8_.feed(byte)) {
        case Utf8Decoder::Result::pending:
            return Key::none;
        case Utf8Decoder::Result::character:
            return Key::character;
        default:
            return Key::rejected;
    }
}

Key KeyDecoder::control(std::uint8_t byte) {
    if (pasting_ && !is_line_end(byte) && byte != escape && byte != interrupt_byte) {
        // What is pasted is text: a tab in it asks for no completion.
        return byte == '\t' ? utf8_.feed(' '), Key::character : Key::rejected;
    }
    // The keys of Emacs and readline, which shells have had for decades: Ctrl-A is 1, Ctrl-B is 2.
    switch (byte) {
        case '\r':
        case '\n':
            return Key::enter;
        case '\t':
            return Key::tab;
        case 0x01:
            return Key::home;
        case 0x02:
            return Key::left;
        case interrupt_byte:
            return Key::interrupt;
        case 0x04:
            return Key::erase;
        case 0x05:
            return Key::end;
        case 0x06:
            return Key::right;
        case 0x07:
            return Key::cancel;
        case 0x08:
        case 0x7f:
            return Key::backspace;
        case 0x0b:
            return Key::kill_to_end;
        case 0x0c:
            return Key::clear_screen;
        case 0x0e:
            return Key::down;
        case 0x10:
            return Key::up;
        case 0x12:
            return Key::search;
        case 0x15:
            return Key::kill_to_start;
        case 0x17:
            return Key::kill_word;
        case escape:
            state_ = State::escape;
            return Key::none;
        default:
            return Key::rejected;
    }
}

// The byte behind ESC says what kind of sequence comes (ECMA-48 5.4, 5.6): `[` CSI, `O` SS3, and P
// ] ^ _ X the control strings DCS, OSC, PM, APC, SOS. Any other is a key that was pressed together
// with Alt, which means nothing here; `\` is the end of a string (ST).
Key KeyDecoder::after_escape(std::uint8_t byte) {
    parameter_ = 0;
    is_simple_ = true;
    values_ = {};
    value_count_ = 1;
    if (byte == '[') {
        state_ = State::csi_start;
    } else if (byte == 'O') {
        state_ = State::ss3;
    } else if (byte == 'P' || byte == ']' || byte == '^' || byte == '_' || byte == 'X') {
        state_ = State::string;
    } else if (byte >= 0x20 && byte <= 0x2f) {
        state_ = State::intermediate;
    } else {
        state_ = State::ground;
        return byte == '\\' ? Key::none : unless_pasting(Key::escape);
    }
    return Key::none;
}

/// Two sequences go on behind the byte that would end them: Linux' console sends F1 as `ESC [ [ A`,
/// and a mouse of the oldest kind (X10) three bytes behind `ESC [ M`: button, column, row.
Key KeyDecoder::after_csi(std::uint8_t byte) {
    state_ = State::csi;
    if (byte != '[' && byte != 'M') return in_csi(byte);
    state_ = State::payload;
    payload_left_ = byte == '[' ? 1 : 3;
    return Key::none;
}

// Parameter bytes are 0x30 to 0x3f, intermediate bytes 0x20 to 0x2f, and one of 0x40 to 0x7e ends
// the sequence (ECMA-48 5.4). Two accounts are kept of the parameters: `parameter_` for keys, which
// have one, and `values_` for the cursor position report, which has two.
Key KeyDecoder::in_csi(std::uint8_t byte) {
    if (byte >= 0x40 && byte <= 0x7e) {
        state_ = State::ground;
        if (byte == '~' && is_simple_ && (parameter_ == 200 || parameter_ == 201)) {
            pasting_ = parameter_ == 200;
            return Key::none;
        }
        // The terminal's answer to a request for the cursor's position (CPR, ECMA-48 8.3.14).
        if (byte == 'R' && value_count_ == values_.size()) return Key::position;
        return csi_key(byte);
    }
    if (byte < 0x20 || byte > 0x3f) {
        // No part of any sequence: what was begun is dropped, and this byte with it.
        state_ = State::ground;
        return Key::rejected;
    }
    take_parameter(byte);
    const bool is_digit = byte >= '0' && byte <= '9';
    if (!is_digit || parameter_ > 999) is_simple_ = false;
    if (is_digit && is_simple_) parameter_ = parameter_ * 10 + (byte - '0');
    return Key::none;
}

/// Numbers are cut off at 9,999: a terminal has fewer rows, and no number can overflow.
void KeyDecoder::take_parameter(std::uint8_t byte) {
    constexpr unsigned most = 9999;
    if (byte == ';') {
        ++value_count_;
    } else if (byte < '0' || byte > '9') {
        // A private sequence: what it says is none of the known answers.
        value_count_ = values_.size() + 1;
    } else if (value_count_ <= values_.size()) {
        unsigned& value = values_[value_count_ - 1];
        value = std::min(value * 10 + (byte - '0'), most);
    }
}

/// SS3 is what terminals send for cursor keys in "application mode"; the letters are those of CSI.
/// Old ones put a number in front of the letter, for Shift and Ctrl.
Key KeyDecoder::in_ss3(std::uint8_t byte) {
    if (byte >= 0x30 && byte <= 0x3f) {
        is_simple_ = false;
        return Key::none;
    }
    state_ = State::ground;
    return csi_key(byte);
}

/// The key that a CSI or SS3 sequence stands for. A letter is the key itself; behind `~` the number
/// says which one it is, as the VT220 began it. Some terminals send 1 and 4 for Home and End,
/// others 7 and 8.
Key KeyDecoder::csi_key(std::uint8_t final) const {
    if (!is_simple_ || pasting_) return Key::none;
    switch (final) {
        case 'A':
            return Key::up;
        case 'B':
            return Key::down;
        case 'C':
            return Key::right;
        case 'D':
            return Key::left;
        case 'H':
            return Key::home;
        case 'F':
            return Key::end;
        case '~':
            break;
        default:
            return Key::none;
    }
    switch (parameter_) {
        case 1:
        case 7:
            return Key::home;
        case 3:
            return Key::erase;
        case 4:
        case 8:
            return Key::end;
        default:
            return Key::none;
    }
}

}  // namespace heap44::shell
