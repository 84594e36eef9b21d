// SPDX-License-Identifier: MIT
// Writes JSON values, piece by piece, into an Output: RFC 8259, nothing kept but what is open.
//
//     call                     written              open_    needs_comma_
//     begin_object()           {                    {        no
//     member("a", 1)           "a":1                {        yes
//     begin_array("b")         ,"b":[               {[       no
//     element("x")             "x"                  {[       yes
//     close_down_to(0)         ]}                            yes
//
// Every value goes through `separate`, which writes the comma in front of it. A comma is due where
// something stands before in the same bracket; right behind `{`, `[` and a key none is.
//
// The open brackets are kept, so that what was stopped in the middle can be closed from outside.
// Members that come twice are the caller's mistake: the writer keeps no keys.
//
// Cost: each call writes at once. Nothing is kept but 64 bytes of brackets.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/address.hpp"
#include "lib/text.hpp"

namespace heap44::shell {

/// Members and elements are written as they are given; `fill` functions write what is inside.
class JsonWriter {
public:
    explicit JsonWriter(Output& output) : output_(output) {}

    /// With a `fill` function the brackets always match. Without a name the value is an element of
    /// an array, or the outermost value.
    void object(auto&& fill) { enclosed('{', fill); }
    void array(auto&& fill) { enclosed('[', fill); }

    void object(std::string_view name, auto&& fill) {
        key(name);
        object(fill);
    }
    /// In two halves, where what is inside comes from elsewhere.
    void begin_object() { open('{'); }
    void end_object() { close(); }
    void begin_array(std::string_view name) {
        key(name);
        open('[');
    }
    void end_array() { close(); }

    /// How many objects and arrays are open.
    [[nodiscard]] std::size_t depth() const { return depth_; }
    /// Closes all but so many, wherever a `fill` was stopped.
    void close_down_to(std::size_t depth) {
        if (in_text_) output_.write("\"");
        in_text_ = false;
        while (depth_ > depth) close();
    }

    void array(std::string_view name, auto&& fill) {
        key(name);
        array(fill);
    }
    /// A key and its value, whatever type that is: one of the `element` functions takes it.
    void member(std::string_view name, const auto& value) {
        key(name);
        element(value);
    }
    void null(std::string_view name) {
        key(name);
        separate();
        output_.write("null");
    }
    /// Text that is there if it is not empty, and an object that may be missing.
    void text_or_null(std::string_view name, std::string_view text) {
        if (text.empty()) return null(name);
        member(name, text);
    }
    void object_or_null(bool is_there, std::string_view name, auto&& fill) {
        if (!is_there) return null(name);
        object(name, fill);
    }

    /// A string that `fill(Output&)` writes, of characters that need no escaping: hex digits. If
    /// `fill` is stopped, `close_down_to` knows that a quote is open.
    void text_in_pieces(std::string_view name, auto&& fill) {
        key(name);
        raw("\"");
        in_text_ = true;
        fill(output_);
        in_text_ = false;
        output_.write("\"");
    }

    /// Values; within an array each stands for itself, behind a key it is the member's value.
    void element(bool value) { raw(value ? "true" : "false"); }
    void element(std::integral auto value) {
        separate();
        print(output_, "{}", value);
    }
    /// Three digits behind the point; JSON knows neither infinity nor NaN, and none comes here.
    void element(double value) {
        separate();
        print(output_, "{:.3f}", value);
    }
    /// A string, escaped as RFC 8259, section 7 asks. The text must be valid UTF-8.
    void element(std::string_view text);
    void element(const char* text) { element(std::string_view(text)); }
    /// Addresses are strings: not every reader's numbers hold 64 bits.
    void element(VirtAddr address) {
        separate();
        print(output_, "\"{:#x}\"", address.value);
    }
    void element(PhysAddr address) { element(VirtAddr{address.value}); }
    template <class T>
    void element(const std::optional<T>& value) {
        if (value) {
            element(*value);
        } else {
            raw("null");
        }
    }

private:
    void raw(std::string_view text) {
        separate();
        output_.write(text);
    }
    /// At depth 0 there is no comma: each answer is a text of its own.
    void separate() {
        if (needs_comma_ && depth_ > 0) output_.write(",");
        needs_comma_ = true;
    }
    /// A key is a string with `:` behind it, and its value needs no comma.
    void key(std::string_view name) {
        element(name);
        output_.write(":");
        needs_comma_ = false;
    }
    void open(char bracket) {
        separate();
        output_.write({&bracket, 1});
        needs_comma_ = false;
        open_[depth_++] = bracket;
    }
    void close() {
        output_.write(open_[--depth_] == '{' ? "}" : "]");
        needs_comma_ = true;
    }
    void enclosed(char bracket, auto&& fill) {
        open(bracket);
        fill();
        close();
    }

    Output& output_;
    bool needs_comma_ = false;
    bool in_text_ = false;
    // The brackets that are open; answers stand in each other four levels deep at most.
    std::array<char, 64> open_;
    std::size_t depth_ = 0;
};

}  // namespace heap44::shell
