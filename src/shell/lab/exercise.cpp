// SPDX-License-Identifier: MIT
#include "shell/lab/exercise.hpp"

#include <array>

#include "shell/answer/values.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell {

namespace {

/// Cuts off what stands in front of the first comma.
std::string_view next_item(std::string_view& list) {
    const std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    return item;
}

/// The error says what is wrong with the operation, not which one it is.
std::expected<Operation, Error> parse_operation(std::string_view text) {
    const bool frees = text.starts_with('-');
    if (!frees && !text.starts_with('+')) {
        return std::unexpected(bad_argument("it is neither +SIZE nor -INDEX, as in +10,+20,-0"));
    }
    const auto value = parse_size(frees ? "index" : "size", text.substr(1));
    if (!value) return std::unexpected(value.error());
    return Operation{text, frees, *value};
}

}  // namespace

Operation next_operation(std::string_view& list) {
    return *parse_operation(next_item(list));
}

std::expected<void, Error> check_operations(std::string_view list) {
    // Each operation takes two characters and a comma at least, so a line has fewer than
    // `max_words`.
    std::array<bool, max_words> freed{};
    std::size_t allocated = 0;
    std::size_t place = 0;
    bool goes_on = true;
    while (goes_on) {
        // A comma at the end has an operation behind it that is empty.
        goes_on = list.contains(',');
        const std::string_view text = next_item(list);
        ++place;
        const auto refuse = [&](std::string_view why) {
            return std::unexpected(
                bad_argument("operation {} of the list, '{}': {}", place, shown(text), why));
        };
        const auto operation = parse_operation(text);
        if (!operation) return refuse(operation.error().message.view());
        if (!operation->frees) {
            ++allocated;
            continue;
        }
        if (operation->value >= allocated) {
            return refuse("it frees what the list has not allocated before");
        }
        if (freed[operation->value]) return refuse("it frees what the list has freed already");
        freed[operation->value] = true;
    }
    return {};
}

}  // namespace heap44::shell
