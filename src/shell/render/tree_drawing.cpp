// SPDX-License-Identifier: MIT
#include "shell/render/tree_drawing.hpp"

#include <algorithm>
#include <limits>

#include "mm/heap/designs/parts/tree_node.hpp"
#include "mm/heap/heap.hpp"
#include "mm/heap/ledger/block.hpp"

namespace heap44::shell {

namespace {

using State = mm::TreeNode::State;
using mm::TreeNode;

// More rows than that say less than their number does.
constexpr std::size_t most_rows = 40;

/// `64K` of 65,536.
FixedText<24> size_text(std::size_t size) {
    constexpr std::size_t kib = 1024;
    if (size < kib) return format_fixed<24>("{}", size);
    if (size < kib * kib) return format_fixed<24>("{}K", size / kib);
    return format_fixed<24>("{}M", size / (kib * kib));
}

/// The levels that have a column: from the largest block or free node down to the smallest.
struct Levels {
    std::size_t first = std::numeric_limits<std::size_t>::max();
    std::size_t last = 0;
    std::size_t tree_size = 0;

    /// The root gives the size of the tree; blocks and free nodes say which columns are needed.
    void include(const TreeNode& node) {
        if (node.level == 0) tree_size = node.size;
        if (node.state != State::free && node.state != State::used) return;
        first = std::min(first, node.level);
        last = std::max(last, node.level);
    }
};

/// Blocks of one size side by side, or one free node: what a row shows.
struct Row {
    TreeNode node;
    std::size_t count = 0;

    /// Blocks of one size side by side share a row: a heap of equal blocks is one line. Free nodes
    /// do not: two of one size side by side are no halves of one node, and that is worth seeing.
    [[nodiscard]] bool is_continued_by(const TreeNode& next) const {
        return count > 0 && node.state == State::used && next.state == State::used &&
               next.size == node.size && next.address == node.address + count * node.size;
    }
};

class TreeDrawing {
public:
    TreeDrawing(Output& output, const mm::Heap& heap, const Levels& levels)
        : output_(output), heap_(heap), levels_(levels) {}

    void head() {
        print(output_, "\ntree of {:<7}", size_text(levels_.tree_size).view());
        for (std::size_t level = levels_.first; level <= levels_.last; ++level) {
            const std::size_t width = level < levels_.last ? 3 : 0;
            print(output_, " {:<{}}", size_text(levels_.tree_size >> level).view(), width);
        }
        output_.write("\n");
    }

    void add(const TreeNode& node) {
        if (node.state != State::free && node.state != State::used) return;
        if (!row_.is_continued_by(node)) {
            finish();
            row_ = {.node = node};
        }
        ++row_.count;
    }

    /// Writes the row that no further node can join.
    void finish() {
        if (row_.count == 0) return;
        if (++rows_ <= most_rows) write();
        row_.count = 0;
    }

    void close() {
        finish();
        if (rows_ > most_rows) {
            print(output_, "{:<16}{} more rows; 'heapmap --json' has all\n", "", rows_ - most_rows);
        }
    }

private:
    void write() {
        const VirtAddr address = address_of(row_.node.address);
        print(output_, "{:#014x} ", address.value);
        for (std::size_t level = levels_.first; level < row_.node.level; ++level) {
            output_.write(" |  ");
        }
        if (row_.node.state == State::free) {
            output_.write(" free\n");
            return;
        }
        const mm::Block* block = heap_.ledger().live_at(address);
        print(output_, " #{}", block == nullptr ? 0 : block->number);
        if (row_.count > 1) print(output_, " and {} more", row_.count - 1);
        output_.write("\n");
    }

    Output& output_;
    const mm::Heap& heap_;
    const Levels& levels_;
    Row row_{};
    std::size_t rows_ = 0;
};

}  // namespace

void draw_tree(Output& output, const mm::Heap& heap) {
    Levels levels;
    // Twice over the tree: the head needs to know the columns before the first row.
    if (!heap.for_each_node([&](const TreeNode& node) { levels.include(node); })) return;
    TreeDrawing drawing(output, heap, levels);
    drawing.head();
    heap.for_each_node([&](const TreeNode& node) { drawing.add(node); });
    drawing.close();
}

}  // namespace heap44::shell
