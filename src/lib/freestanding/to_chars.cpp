// SPDX-License-Identifier: MIT
// std::to_chars for floating point, which std::format needs of the compiled part of libc++. A long
// double is read as a double.
#include <algorithm>
#include <charconv>
#include <optional>

#include "lib/freestanding/float_text.hpp"

_LIBCPP_BEGIN_NAMESPACE_STD

using heap44::double_kind;
using heap44::float_kind;
using heap44::shortest;
using heap44::write_float;

// As few digits as tell the number from its neighbours, in whichever form is the shorter.
to_chars_result to_chars(char* first, char* last, float value) {
    return write_float(first, last, value, float_kind, nullopt, shortest);
}
to_chars_result to_chars(char* first, char* last, double value) {
    return write_float(first, last, value, double_kind, nullopt, shortest);
}
to_chars_result to_chars(char* first, char* last, long double value) {
    return to_chars(first, last, static_cast<double>(value));
}

// As few digits, in the form that is asked for.
to_chars_result to_chars(char* first, char* last, float value, chars_format form) {
    return write_float(first, last, value, float_kind, form, shortest);
}
to_chars_result to_chars(char* first, char* last, double value, chars_format form) {
    return write_float(first, last, value, double_kind, form, shortest);
}
to_chars_result to_chars(char* first, char* last, long double value, chars_format form) {
    return to_chars(first, last, static_cast<double>(value), form);
}

// So many digits behind the point, or in all where the form is general.
to_chars_result to_chars(char* first, char* last, float value, chars_format form, int precision) {
    return write_float(first, last, value, float_kind, form, max(precision, 0));
}
to_chars_result to_chars(char* first, char* last, double value, chars_format form, int precision) {
    return write_float(first, last, value, double_kind, form, max(precision, 0));
}
to_chars_result to_chars(char* first, char* last, long double value, chars_format form,
                         int precision) {
    return to_chars(first, last, static_cast<double>(value), form, precision);
}

_LIBCPP_END_NAMESPACE_STD
