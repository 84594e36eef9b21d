// SPDX-License-Identifier: MIT
// allocator, policy: which design the heap has. A new one begins with an empty heap.
//
// Both empty the heap where something is new, so both ask for `--force` if blocks would be lost.

#include "shell/commands/design.hpp"

#include <algorithm>

#include "mm/heap/design_family.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/input/utf8.hpp"

namespace heap44::shell::commands {

namespace {

/// An Error that lists the values that there are, from the same table that reads them.
template <class Choice>
Error unknown_choice(std::string_view key, std::string_view value) {
    Error error = bad_argument("{}={} is no policy; there are", key, shown(value));
    for (const std::string_view known : mm::choice_names<Choice>) {
        print(error.message, " {}", known);
    }
    return error;
}

/// The policy with the words' changes. Options that are not named stay what they are.
std::expected<mm::Policy, Error> parse_policy(mm::Policy policy, const Arguments& arguments) {
    for (const auto& [key, value] : arguments.options()) {
        if (mm::set_option(policy, key, value)) continue;
        if (key == "fit") return std::unexpected(unknown_choice<mm::Fit>(key, value));
        if (key == "order") return std::unexpected(unknown_choice<mm::Order>(key, value));
        return std::unexpected(unknown_choice<mm::Coalesce>(key, value));
    }
    return policy;
}

}  // namespace

Error unknown_design(std::string_view name) {
    Error error = bad_argument("there is no design '{}'; there are", shown(name));
    for (const std::string_view known : mm::design_names()) print(error.message, " {}", known);
    return error;
}

/// Refused: a name that is none, then blocks that would be lost.
Reply allocator(Context& context, const Arguments& arguments) {
    if (arguments.size() == 0) return Designs{};
    mm::Heap& heap = context.heap;
    const std::string_view name = arguments[0];
    if (std::ranges::find(mm::design_names(), name) == mm::design_names().end()) {
        return unknown_design(name);
    }
    // With the name of the design in use nothing is new, and nothing is lost.
    if (name == heap.design()) return Designs{};
    if (const auto may = may_lose_blocks(heap, arguments); !may) return may.error();
    heap.select(name);
    return Designs{};
}

/// As `allocator`: words, then blocks. Asking is allowed under every design.
Reply policy(Context& context, const Arguments& arguments) {
    mm::Heap& heap = context.heap;
    const auto before = heap.policy();
    if (!before) {
        if (arguments.options().empty()) return Designs{};
        return refusal(ErrorCode::not_supported, "{} has no policies; 'allocator linked-list' has",
                       heap.design());
    }
    const auto wanted = parse_policy(*before, arguments);
    if (!wanted) return wanted.error();
    if (*wanted == *before) return Designs{};
    if (const auto may = may_lose_blocks(heap, arguments); !may) return may.error();
    heap.set_policy(*wanted);
    return Designs{};
}

}  // namespace heap44::shell::commands
