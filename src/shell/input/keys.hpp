// SPDX-License-Identifier: MIT
// From bytes to keys: characters, control keys, and the escape sequences of cursor keys and pastes.
//
//     bytes   a   ESC [ D   0xc3 0xa4   ESC ] 0 ; title BEL   ESC [ 2 0 0 ~ ... ESC [ 2 0 1 ~
//     keys    a   left      one char.   none                  only characters: it is pasted text
//
//     ground --ESC--> escape --[--------> csi_start ----> csi --final byte----> ground
//                       |                    +--[ or M--> payload --its bytes-> ground
//                       |------O--------> ss3 -----------final byte-----------> ground
//                       |------P ] ^ _ X--> string ------BEL, or ESC \--------> ground
//                       +------20 to 2f---> intermediate ----final byte-------> ground
//
// The decoder takes one byte at a time, because bytes arrive one at a time: a key may be cut
// anywhere and goes on when the next byte comes. It never waits. ESC begins anew from every state;
// Ctrl-C and the end of a line bring it back to `ground`, so a sequence that was garbled costs one
// line at most.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "shell/input/utf8.hpp"

namespace heap44::shell {

/// What a key is for, not which one it is: several bytes and sequences can mean the same.
enum class Key : std::uint8_t {
    none,       ///< nothing yet, or a sequence that means nothing here
    rejected,   ///< a byte that is neither printable nor valid UTF-8
    character,  ///< `text()` is one character
    enter,
    tab,
    backspace,
    erase,  ///< the character under the cursor
    left,
    right,
    up,
    down,
    home,
    end,
    kill_to_start,
    kill_to_end,
    kill_word,
    clear_screen,
    search,
    cancel,  ///< a search is given up
    interrupt,
    escape,
    position,  ///< the terminal says where its cursor is: `reported_row`, `reported_column`
};

/// A state machine without any I/O. Escape sequences are taken whole (ECMA-48 5.4) whether they
/// mean something or not, so that no part of one ends up in the line.
class KeyDecoder {
public:
    /// What the byte completes; `Key::none` if more has to come first.
    Key feed(std::uint8_t byte);
    /// Whether the byte fed last cut a character short, which is dropped.
    [[nodiscard]] bool has_dropped() const { return has_dropped_; }
    /// The character, after Key::character.
    [[nodiscard]] std::string_view text() const { return utf8_.character(); }
    /// The numbers of the terminal's answer, counted from 1; valid after `Key::position`.
    [[nodiscard]] unsigned reported_row() const { return values_[0]; }
    [[nodiscard]] unsigned reported_column() const { return values_[1]; }

private:
    enum class State : std::uint8_t {
        ground,
        escape,
        intermediate,
        csi_start,
        csi,
        ss3,
        payload,
        string
    };

    // One function for each state. Each returns the key and sets the state for the next byte.
    Key ground(std::uint8_t byte);
    Key control(std::uint8_t byte);
    Key after_escape(std::uint8_t byte);
    Key after_csi(std::uint8_t byte);
    Key in_csi(std::uint8_t byte);
    Key in_ss3(std::uint8_t byte);
    Key csi_key(std::uint8_t final) const;
    /// What is pasted presses no keys.
    [[nodiscard]] Key unless_pasting(Key key) const { return pasting_ ? Key::none : key; }

    State state_ = State::ground;
    Utf8Decoder utf8_;
    bool has_dropped_ = false;
    bool after_return_ = false;
    // Between ESC [ 200 ~ and ESC [ 201 ~, xterm's bracketed paste.
    bool pasting_ = false;
    // The sequence's first parameter; more of them, or larger ones, mean nothing here.
    unsigned parameter_ = 0;
    // False once the sequence has anything but one number of three digits or fewer: then no key of
    // ours is meant.
    bool is_simple_ = true;
    // Bytes that still belong to a sequence which goes on behind its final byte.
    unsigned payload_left_ = 0;
    // The first numbers between semicolons, and how many there are.
    std::array<unsigned, 2> values_{};
    std::size_t value_count_ = 0;
    void take_parameter(std::uint8_t byte);
};

}  // namespace heap44::shell
