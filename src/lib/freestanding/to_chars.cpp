// SPDX-License-Identifier: MIT
// std::to_chars for floating point, which std::format needs of the compiled part of libc++. The
// kernel formats numbers as {:.0f} to {:.3f} only, so every other form ends in a panic. The linker
// cannot refuse them: the formatter, which is compiled once, refers to all of these functions.
#include <algorithm>
#include <charconv>
#include <string_view>

#include "lib/freestanding/fixed_point.hpp"
#include "lib/panic.hpp"

namespace heap44 {

[[noreturn]] static void refuse() {
    panic(PanicKind::panic, "a floating-point number is formatted otherwise than as {:.3f}");
}

}  // namespace heap44

_LIBCPP_BEGIN_NAMESPACE_STD

using heap44::refuse;

to_chars_result to_chars(char*, char*, float) {
    refuse();
}
to_chars_result to_chars(char*, char*, double) {
    refuse();
}
to_chars_result to_chars(char*, char*, long double) {
    refuse();
}

to_chars_result to_chars(char*, char*, float, chars_format) {
    refuse();
}
to_chars_result to_chars(char*, char*, double, chars_format) {
    refuse();
}
to_chars_result to_chars(char*, char*, long double, chars_format) {
    refuse();
}

to_chars_result to_chars(char* first, char* last, double value, chars_format form, int precision) {
    if (form != chars_format::fixed) refuse();
    const auto text = heap44::fixed_point(value, precision);
    const string_view written = text.view();
    if (last - first < ssize(written)) return {last, errc::value_too_large};
    return {copy(written.begin(), written.end(), first), errc{}};
}
to_chars_result to_chars(char* first, char* last, float value, chars_format form, int precision) {
    return to_chars(first, last, static_cast<double>(value), form, precision);
}
to_chars_result to_chars(char*, char*, long double, chars_format, int) {
    refuse();
}

_LIBCPP_END_NAMESPACE_STD
