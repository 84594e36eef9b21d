// SPDX-License-Identifier: MIT
// Walks through interfaces, where no template can go.
#pragma once

namespace heap44::shell {

/// Receives the items of a walk through something; answers whether to go on. The one who walks
/// keeps its lists private, and the one who visits can stop early.
template <class Item>
class Visitor {
public:
    virtual bool visit(const Item& item) = 0;

protected:
    ~Visitor() = default;
};

}  // namespace heap44::shell
