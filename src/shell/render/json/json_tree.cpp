// SPDX-License-Identifier: MIT
// The tree of a design that has one, as JSON.
//
// The nodes come as the design tells of them, a node before its halves. Addresses and sizes are
// enough to build the tree again.

#include "mm/heap/designs/parts/tree_node.hpp"
#include "mm/heap/heap.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

namespace {

using State = mm::TreeNode::State;

/// A node in use holds a block, so it is called that.
constexpr std::string_view state_name(State state) {
    if (state == State::split) return "split";
    return state == State::used ? "block" : "free";
}

}  // namespace

/// Only where the design has one; without it the key is missing, since most designs have none.
/// Nodes that lie outside the heap are left out.
void JsonRenderer::tree() {
    const mm::Heap& heap = view_.heap;
    // Asked only to learn whether there is a tree.
    if (!heap.for_each_node([](const mm::TreeNode&) {})) return;
    json_.array("tree", [&] {
        heap.for_each_node([&](const mm::TreeNode& node) {
            if (node.state == State::outside) return;
            const mm::Block* block = node.state == State::used
                                         ? heap.ledger().live_at(address_of(node.address))
                                         : nullptr;
            json_.object([&] {
                json_.member("address", address_of(node.address));
                json_.member("size", node.size);
                json_.member("state", state_name(node.state));
                if (block == nullptr) {
                    json_.null("id");
                } else {
                    json_.member("id", block->number);
                }
            });
        });
    });
}

}  // namespace heap44::shell
