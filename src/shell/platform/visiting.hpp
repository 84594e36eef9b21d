// SPDX-License-Identifier: MIT
// A function as a Visitor.
#pragma once

#include "shell/platform/visitor.hpp"

namespace heap44::shell {

template <class Item, class Function>
class VisitingFunction final : public Visitor<Item> {
public:
    explicit VisitingFunction(Function function) : function_(function) {}
    bool visit(const Item& item) override { return function_(item); }

private:
    Function function_;
};

/// `visiting<Answer>([&](const Answer& answer) { return is_ok(answer.reply); })`: the function
/// answers whether to go on.
template <class Item>
[[nodiscard]] auto visiting(auto function) {
    return VisitingFunction<Item, decltype(function)>(function);
}

}  // namespace heap44::shell
