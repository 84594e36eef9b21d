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

/// On which side of its blocks this design is to have its guard pages.
Parsed<mm::GuardSide> parse_guard(std::string_view design, std::string_view word) {
    if (!mm::uses_window(design)) {
        return std::unexpected(
            bad_argument("{} has no guard pages; 'allocator guard-page' has", design));
    }
    const auto found = std::ranges::find(mm::guard_side_names, word);
    if (found == mm::guard_side_names.end()) {
        return std::unexpected(bad_argument("guard={} is neither front nor behind", shown(word)));
    }
    return static_cast<mm::GuardSide>(found - mm::guard_side_names.begin());
}

}  // namespace

Error unknown_design(std::string_view name) {
    Error error = bad_argument("there is no design '{}'; there are", shown(name));
    for (const std::string_view known : mm::design_names()) print(error.message, " {}", known);
    return error;
}

/// Refused: a name that is none, a guard where there can be none, then blocks that would be lost.
Reply allocator(Context& context, const Arguments& arguments) {
    mm::Heap& heap = context.heap;
    const auto* side = arguments.option("guard");
    if (arguments.size() == 0 && side == nullptr) return Designs{};
    const std::string_view name = arguments.size() > 0 ? arguments[0] : heap.design();
    if (std::ranges::find(mm::design_names(), name) == mm::design_names().end()) {
        return unknown_design(name);
    }
    const bool is_same = name == heap.design();
    // What is not named stays what it is.
    mm::GuardSide guard = is_same ? heap.guard().value_or(mm::GuardSide::behind) : mm::GuardSide{};
    if (side != nullptr) {
        const auto given = parse_guard(name, *side);
        if (!given) return given.error();
        guard = *given;
    }
    // Where nothing is new, nothing is lost.
    if (is_same && guard == heap.guard().value_or(guard)) return Designs{};
    if (const auto may = may_lose_blocks(heap, arguments); !may) return may.error();
    heap.select(name, guard);
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
