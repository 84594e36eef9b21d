// SPDX-License-Identifier: MIT
// Byte by byte to whole characters: valid UTF-8 (RFC 3629) passes, all else is told apart.
//
//     first byte    00..7f   c2..df   e0..ef   f0..f4       80..c1, f5..ff
//     bytes in all  1        2        3        4            never a first byte
//
// The bytes that continue a character are 80..bf; for some first bytes the second one's range is
// smaller (RFC 3629, section 4). The decoder keeps that range, so that wrong text is noticed at its
// first wrong byte and no wrong character is ever handed on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heap44::shell {

/// Holds one character at most. After `invalid` and `retry` it is empty and ready for the next one.
class Utf8Decoder {
public:
    enum class Result : std::uint8_t {
        pending,    ///< the character is not complete yet
        character,  ///< `character()` is complete
        invalid,    ///< what was pending is dropped, and the byte with it
        retry,      ///< what was pending is dropped; the byte may begin anew: feed it again
    };

    /// Takes a byte. `retry` tells the caller that this byte is not used up: it does not belong to
    /// the character that was begun, but may begin one itself.
    Result feed(std::uint8_t byte) {
        if (expected_ == 0) return begin(byte);
        if (byte < lowest_ || byte > highest_) {
            reset();
            return Result::retry;
        }
        lowest_ = 0x80;
        highest_ = 0xbf;
        bytes_[size_++] = static_cast<char>(byte);
        if (size_ < expected_) return Result::pending;
        // U+0080 to U+009F are control characters, some of which terminals obey.
        const bool is_control = size_ == 2 && bytes_[0] == '\xc2' && byte < 0xa0;
        expected_ = 0;
        return is_control ? Result::invalid : Result::character;
    }

    /// The bytes of the last character; valid after `Result::character`, until the next byte.
    [[nodiscard]] std::string_view character() const { return {bytes_.data(), size_}; }
    [[nodiscard]] bool is_pending() const { return expected_ != 0; }
    void reset() { expected_ = 0; }

private:
    // The second byte's range keeps out overlong forms, surrogates and what is beyond U+10FFFF.
    // e0 and f0 would allow a longer form of a shorter character; ed would allow surrogates (U+D800
    // to U+DFFF); f4 would allow more than U+10FFFF.
    Result begin(std::uint8_t byte) {
        lowest_ = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
        highest_ = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
        bytes_[0] = static_cast<char>(byte);
        size_ = 1;
        if (byte < 0x80) return Result::character;
        // 80 to bf continue a character; c0 and c1 could only begin overlong forms.
        if (byte < 0xc2 || byte > 0xf4) return Result::invalid;
        expected_ = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
        return Result::pending;
    }

    std::array<char, 4> bytes_{};
    std::size_t size_ = 0;
    std::size_t expected_ = 0;
    std::uint8_t lowest_ = 0x80;
    std::uint8_t highest_ = 0xbf;
};

/// Whether the byte is not the first one of its character: 10xxxxxx.
[[nodiscard]] constexpr bool is_continuation(char byte) {
    return (byte & '\xc0') == '\x80';
}

/// As much of a text as so many bytes hold; no character of several is cut.
[[nodiscard]] constexpr std::string_view cut_to(std::string_view text, std::size_t bytes) {
    bytes = std::min(bytes, text.size());
    // Back to the beginning of the character that does not fit as a whole.
    while (bytes < text.size() && bytes > 0 && is_continuation(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

/// A word as messages quote it: they are to stay one readable line.
[[nodiscard]] constexpr std::string_view shown(std::string_view word) {
    return cut_to(word, 40);
}

/// How many characters valid UTF-8 has; each is taken to fill one column.
[[nodiscard]] constexpr std::size_t columns(std::string_view text) {
    std::size_t count = 0;
    for (const char byte : text) count += is_continuation(byte) ? 0 : 1;
    return count;
}

/// Where the character in this column begins, counted in bytes; the text's size where it has no
/// more. Takes time with the text's length: it has to count.
[[nodiscard]] constexpr std::size_t byte_of_column(std::string_view text, std::size_t column) {
    std::size_t index = 0;
    for (; index < text.size() && column > 0; --column) {
        ++index;
        while (index < text.size() && is_continuation(text[index])) ++index;
    }
    return index;
}

}  // namespace heap44::shell
