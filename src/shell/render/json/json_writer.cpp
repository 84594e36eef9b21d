// SPDX-License-Identifier: MIT
#include "shell/render/json/json_writer.hpp"

namespace heap44::shell {

void JsonWriter::element(std::string_view text) {
    separate();
    output_.write("\"");
    std::size_t written = 0;
    for (std::size_t index = 0; index < text.size(); ++index) {
        // Only quote, backslash and the characters below 0x20 must be escaped (RFC 8259, section
        // 7). What lies between two of them is written in one piece.
        const char character = text[index];
        const bool is_control = static_cast<unsigned char>(character) < 0x20;
        if (!is_control && character != '"' && character != '\\') continue;
        output_.write(text.substr(written, index - written));
        if (is_control) {
            print(output_, "\\u{:04x}", static_cast<unsigned>(character));
        } else {
            print(output_, "\\{}", character);
        }
        written = index + 1;
    }
    output_.write(text.substr(written));
    output_.write("\"");
}

}  // namespace heap44::shell
