// SPDX-License-Identifier: MIT
#include "shell/lab/exercise.hpp"

#include <array>

#include "shell/answer/values.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell {

std::expected<Operation, Error> next_operation(std::string_view& list) {
    const std::string_view text = list.substr(0, list.find(','));
    list.remove_prefix(std::min(text.size() + 1, list.size()));
    const bool frees = text.starts_with('-');
    if (!frees && !text.starts_with('+')) {
        return std::unexpected(
            bad_argument("'{}' is neither +SIZE nor -INDEX, as in +10,+20,-0", shown(text)));
    }
    const auto value = parse_size(frees ? "index" : "size", text.substr(1));
    if (!value) return std::unexpected(value.error());
    return Operation{text, frees, *value};
}

std::expected<void, Error> check_operations(std::string_view list) {
    if (list.ends_with(',')) {
        return std::unexpected(bad_argument("the list ends with a comma; one looks like +10,-0"));
    }
    // Each operation takes two characters and a comma at least, so a line has fewer than
    // `max_words`.
    std::array<bool, max_words> freed{};
    std::size_t allocated = 0;
    do {
        const auto operation = next_operation(list);
        if (!operation) return std::unexpected(operation.error());
        if (!operation->frees) {
            ++allocated;
            continue;
        }
        if (operation->value >= allocated || freed[operation->value]) {
            return std::unexpected(bad_argument(
                "'{}' frees what the list has {}", operation->text,
                operation->value >= allocated ? "not allocated before" : "freed already"));
        }
        freed[operation->value] = true;
    } while (!list.empty());
    return {};
}

}  // namespace heap44::shell
