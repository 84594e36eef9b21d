// SPDX-License-Identifier: MIT
// The one way to make text: std::format into an Output or a FixedText. Nothing here allocates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string_view>

namespace heap44 {

/// `s` behind what is counted, but for one: `print(out, "{} byte{}", size, plural(size))`.
[[nodiscard]] constexpr std::string_view plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

/// Where text goes: a serial port, a line in memory, a log.
class Output {
public:
    virtual void write(std::string_view text) = 0;

protected:
    ~Output() = default;
};

/// Formats into `output`. Instantiated once, in text.cpp: see there why no other file may call
/// std::vformat_to.
void vprint(Output& output, std::string_view format, std::format_args arguments);

/// `print(output, "{} of {}", 1, 2)`. The format is checked when this is compiled.
template <class... Arguments>
void print(Output& output, std::format_string<Arguments...> format, Arguments&&... arguments) {
    vprint(output, format.get(), std::make_format_args(arguments...));
}

/// Text of at most `Capacity` bytes, in place. What does not fit is cut off.
template <std::size_t Capacity>
class FixedText final : public Output {
public:
    FixedText() = default;
    explicit FixedText(std::string_view text) { write(text); }

    void write(std::string_view text) override {
        if (is_cut_) return;
        const std::size_t taken = text.copy(bytes_.data() + size_, Capacity - size_);
        size_ += taken;
        if (taken == text.size()) return;
        is_cut_ = true;
        if (continues(text[taken])) drop_last_character();
    }
    void clear() {
        size_ = 0;
        is_cut_ = false;
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// Whether something did not fit.
    [[nodiscard]] bool is_cut() const { return is_cut_; }

private:
    /// A byte of a UTF-8 character that is not its first (RFC 3629, section 3).
    [[nodiscard]] static constexpr bool continues(char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
    }
    void drop_last_character() {
        while (size_ > 0 && continues(bytes_[size_ - 1])) --size_;
        if (size_ > 0) --size_;
    }

    std::array<char, Capacity> bytes_{};
    std::size_t size_ = 0;
    // What comes behind the cut is dropped, also where it would fit.
    bool is_cut_ = false;
};

/// `print` into a new FixedText: `format_fixed<80>("{} of {}", 1, 2)`.
template <std::size_t Capacity, class... Arguments>
[[nodiscard]] FixedText<Capacity> format_fixed(std::format_string<Arguments...> format,
                                               Arguments&&... arguments) {
    FixedText<Capacity> text;
    vprint(text, format.get(), std::make_format_args(arguments...));
    return text;
}

}  // namespace heap44
