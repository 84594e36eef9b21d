// SPDX-License-Identifier: MIT
#include "lib/freestanding/float_text.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "lib/freestanding/binary.hpp"
#include "lib/freestanding/decimal.hpp"

namespace heap44 {

namespace {

/// Writes into the caller's buffer and knows whether all fitted.
class Writer {
public:
    Writer(char* first, char* last) : next_(first), last_(last) {}

    void put(char character) {
        if (next_ == last_) {
            overflowed_ = true;
        } else {
            *next_++ = character;
        }
    }
    void put(std::string_view text) {
        for (const char character : text) put(character);
    }
    [[nodiscard]] std::to_chars_result result() const {
        if (overflowed_) return {last_, std::errc::value_too_large};
        return {next_, std::errc{}};
    }

private:
    char* next_;
    char* last_;
    bool overflowed_ = false;
};

/// The digits from one place down to another, zeros included.
void put_digits(Writer& writer, const Decimal& decimal, int from, int to) {
    for (int place = from; place >= to; --place) {
        writer.put(static_cast<char>('0' + decimal.digit(place)));
    }
}

/// `12.34`; at least one digit stands before the point.
void put_fixed(Writer& writer, const Decimal& decimal, int fraction_digits) {
    put_digits(writer, decimal, std::max(decimal.leading_place(), 0), 0);
    if (fraction_digits == 0) return;
    writer.put('.');
    put_digits(writer, decimal, -1, -fraction_digits);
}

/// `1.234e+01`; the exponent has two digits at least.
void put_scientific(Writer& writer, const Decimal& decimal, int fraction_digits) {
    const int exponent = decimal.leading_place();
    put_digits(writer, decimal, exponent, exponent);
    if (fraction_digits > 0) writer.put('.');
    put_digits(writer, decimal, exponent - 1, exponent - fraction_digits);
    writer.put(exponent < 0 ? "e-" : "e+");
    const int size = std::max(exponent, -exponent);
    if (size >= 100) writer.put(static_cast<char>('0' + size / 100));
    writer.put(static_cast<char>('0' + size / 10 % 10));
    writer.put(static_cast<char>('0' + size % 10));
}

/// The characters of `e+01` or `e+100`.
int scientific_exponent_size(int exponent) {
    return exponent <= -100 || exponent >= 100 ? 5 : 4;
}
int scientific_digits(const Decimal& decimal) {
    return decimal.leading_place() - decimal.trailing_place();
}
int fixed_digits(const Decimal& decimal) {
    return std::max(-decimal.trailing_place(), 0);
}

// As printf's %g: `significant` digits in all, and the form that its rule prefers.
void put_general(Writer& writer, const Decimal& decimal, int significant) {
    const int exponent = decimal.leading_place();
    if (exponent < -4 || exponent >= significant) {
        put_scientific(writer, decimal, scientific_digits(decimal));
    } else {
        put_fixed(writer, decimal, fixed_digits(decimal));
    }
}

// Large integers have to be written with all digits in this form, so these may as well be right:
// the number's own instead of zeros behind the shortest ones.
void put_shortest_fixed(Writer& writer, const Decimal& decimal, Binary binary) {
    if (decimal.trailing_place() > 0) {
        put_fixed(writer, Decimal(binary.significand, binary.exponent), 0);
    } else {
        put_fixed(writer, decimal, fixed_digits(decimal));
    }
}

// Without a form: the shorter text of the two; the fixed one when they are equally long.
void put_shorter(Writer& writer, const Decimal& decimal, Binary binary) {
    const int before_point = std::max(decimal.leading_place(), 0) + 1;
    const int behind_point = fixed_digits(decimal);
    const int fixed_size = before_point + (behind_point > 0 ? behind_point + 1 : 0);
    const int fraction = scientific_digits(decimal);
    const int exponent_size = scientific_exponent_size(decimal.leading_place());
    const int scientific_size = 1 + (fraction > 0 ? fraction + 1 : 0) + exponent_size;
    if (fixed_size <= scientific_size) {
        put_shortest_fixed(writer, decimal, binary);
    } else {
        put_scientific(writer, decimal, fraction);
    }
}

/// As few digits as tell the number from its neighbours, in the form that was asked for.
void put_shortest(Writer& writer, Binary binary, FloatKind kind,
                  std::optional<std::chars_format> form) {
    const Decimal decimal = fewest_digits(binary, kind);
    if (!form) return put_shorter(writer, decimal, binary);
    switch (*form) {
        case std::chars_format::fixed:
            return put_shortest_fixed(writer, decimal, binary);
        case std::chars_format::scientific:
            return put_scientific(writer, decimal, scientific_digits(decimal));
        default:
            return put_general(writer, decimal, 6);
    }
}

/// So many digits as were asked for, rounded from the exact value: half goes to even.
void put_precise(Writer& writer, Binary binary, std::chars_format form, int precision) {
    Decimal decimal(binary.significand, binary.exponent);
    switch (form) {
        case std::chars_format::fixed:
            decimal.round_to(-precision);
            return put_fixed(writer, decimal, precision);
        case std::chars_format::scientific:
            decimal.round_to(decimal.leading_place() - precision);
            return put_scientific(writer, decimal, precision);
        default:
            const int significant = std::max(precision, 1);
            decimal.round_to(decimal.leading_place() - significant + 1);
            return put_general(writer, decimal, significant);
    }
}

}  // namespace

std::to_chars_result write_float(char* first, char* last, double value, FloatKind kind,
                                 std::optional<std::chars_format> form, int precision) {
    if (form == std::chars_format::hex) return {last, std::errc::not_supported};
    Writer writer(first, last);
    if (std::signbit(value)) writer.put('-');
    if (std::isnan(value)) {
        writer.put("nan");
    } else if (std::isinf(value)) {
        writer.put("inf");
    } else if (precision == shortest) {
        put_shortest(writer, split(value, kind), kind, form);
    } else {
        // A digit that no double has is 0, and no buffer of this kernel has room for more.
        put_precise(writer, split(value, kind), form.value_or(std::chars_format::general),
                    std::clamp(precision, 0, 4096));
    }
    return writer.result();
}

}  // namespace heap44
