// SPDX-License-Identifier: MIT
// The C++ standard library on the heap: what Box, Vec, Rc, String and the collections are in C++.
// These are the only commands whose own code allocates; each gives back all that it took.
//
// Each command opens a CppHeapScope, does a little with one container, and records what it sees:
// where the memory is (addresses) and whether the values are right (`expect`). After the last line
// of the function all destructors have run, so a block that is still live is a leak, and is shown
// as one.
//
// They are compiled with the sanitizer: a wrong access of the library's would be stopped here.

#include <algorithm>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "lib/address_plan.hpp"
#include "shell/answer/long_loop.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/cpp/cpp_memory.hpp"
#include "shell/platform/safe_point.hpp"

namespace heap44::shell::commands {

namespace {

/// Gathers a command's steps, and counts a step that is not as it should be as a failure.
class Record {
public:
    /// Where something lies: people look for it in the map.
    void address(std::string_view label, const volatile void* pointer) {
        add(label).address = address_of(pointer);
    }
    /// A figure that may differ between libraries, and so is not checked.
    void value(std::string_view label, std::uint64_t value, std::string_view suffix = {}) {
        TrialStep& step = add(label);
        step.value = value;
        step.suffix = suffix;
    }
    /// A figure that can only have one value.
    void expect(std::string_view label, std::uint64_t found, std::uint64_t expected) {
        value(label, found);
        trial_.passed = trial_.passed && found == expected;
    }
    /// The last line in the words of the blog post that people compare this with.
    void close(std::string_view closing) { trial_.closing = closing; }
    [[nodiscard]] const Trial& trial() const { return trial_; }

private:
    TrialStep& add(std::string_view label) {
        TrialStep& step = trial_.steps[trial_.count++];
        step.label = FixedText<64>(label);
        return step;
    }

    Trial trial_{};
};

/// The number of the line, or the one that the usage promises.
Parsed<std::uint64_t> count_argument(const Arguments& arguments, std::uint64_t otherwise) {
    if (arguments.size() == 0) return otherwise;
    return parse_size("N", arguments[0]);
}

/// Lets the pointer be seen from outside, so that the compiler may not leave out the allocation
/// behind it (C++23 [expr.new] allows that).
void show(const void* pointer) {
    [[maybe_unused]] static const void* volatile seen;
    seen = pointer;
}

/// 0 + 1 + … + (count − 1), in 64 bits.
constexpr std::uint64_t sum_below(std::uint64_t count) {
    return count * (count - 1) / 2;
}

}  // namespace

/// A value, a growing vector, and two owners of one vector: what the blog post does in Rust.
Reply showcase(Context&, const Arguments&) {
    // From here to the end of the function `new` takes from the heap.
    const CppHeapScope scope;
    Record record;
    auto heap_value = std::make_unique<int>(41);
    record.address("heap_value", heap_value.get());

    std::vector<int> vec;
    for (int value = 0; value < 500; ++value) vec.push_back(value);
    record.address("vec", vec.data());

    auto reference_counted = std::make_shared<std::vector<int>>(std::vector{1, 2, 3});
    auto cloned_reference = reference_counted;
    record.value("current reference count",
                 static_cast<std::uint64_t>(cloned_reference.use_count()));
    // One of the two owners goes; the vector stays with the other.
    reference_counted.reset();
    record.value("reference count", static_cast<std::uint64_t>(cloned_reference.use_count()),
                 " now");
    record.close("It did not crash!");
    return record.trial();
}

/// Two allocations with different values: the second must not overwrite the first.
Reply boxtest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    auto heap_value_1 = std::make_unique<std::uint64_t>(41);
    auto heap_value_2 = std::make_unique<std::uint64_t>(13);
    record.address("heap_value_1", heap_value_1.get());
    record.expect("heap_value_1", *heap_value_1, 41);
    record.address("heap_value_2", heap_value_2.get());
    record.expect("heap_value_2", *heap_value_2, 13);
    return record.trial();
}

/// Growing: the vector moves to ever larger blocks, and leaves holes behind. The sum shows that
/// nothing was lost on the way.
Reply vectest(Context& context, const Arguments& arguments) {
    const auto count = count_argument(arguments, 1000);
    if (!count) return count.error();
    const CppHeapScope scope;
    Record record;
    SafePoint safe_point(context.terminal, context.guard);
    std::vector<std::uint64_t> vec;
    for (std::uint64_t value = 0; value < *count; ++value) {
        // Without `reserve`, so that it has to grow again and again.
        vec.push_back(value);
        safe_point.pass();
    }
    record.address("vec", vec.data());
    record.value("capacity", vec.capacity());
    record.expect("sum", std::accumulate(vec.begin(), vec.end(), std::uint64_t{0}),
                  sum_below(*count));
    return record.trial();
}

/// One block holds both the value and its counts (make_shared). It lives until the last owner goes.
Reply rctest(Context& context, const Arguments& arguments) {
    const auto count = count_argument(arguments, 10);
    if (!count) return count.error();
    if (*count == 0) return bad_argument("N is 0; a value needs an owner");
    const CppHeapScope scope;
    Record record;
    SafePoint safe_point(context.terminal, context.guard);
    // The vector of owners is on the heap as well, so it moves while it grows; the value does not.
    std::vector<std::shared_ptr<std::uint64_t>> owners;
    owners.push_back(std::make_shared<std::uint64_t>(44));
    const std::weak_ptr<std::uint64_t> watcher = owners.front();
    record.address("value", owners.front().get());
    while (owners.size() < *count) {
        owners.push_back(owners.front());
        safe_point.pass();
    }
    record.expect("reference count with all owners",
                  static_cast<std::uint64_t>(watcher.use_count()), *count);
    // A shared_ptr counts its owners; a weak_ptr looks on without being one.
    owners.resize(1);
    record.expect("reference count with one owner", static_cast<std::uint64_t>(watcher.use_count()),
                  1);
    owners.clear();
    record.expect("reference count without owners", static_cast<std::uint64_t>(watcher.use_count()),
                  0);
    return record.trial();
}

/// A short string lies in the string object itself; a long one is a block.
Reply strtest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::string text = "in place";
    record.address("short text, inside the string itself,", text.data());
    while (text.size() < 1000) text += " and a long one on the heap";
    record.address("long text, on the heap,", text.data());
    // "in place" and 37 times 27 characters.
    record.expect("length", text.size(), 8 + 37 * 27);
    record.expect("offset of the last 'heap'", text.rfind("heap"), text.size() - 4);
    return record.trial();
}

/// A block for each element, with two pointers beside the value: the heap is asked once for every
/// element.
Reply listtest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::list<std::uint64_t> list;
    for (std::uint64_t value = 0; value < 10; ++value) list.push_back(value);
    record.address("first node's value", &list.front());
    record.address("last node's value", &list.back());
    list.reverse();
    record.expect("first value once reversed", list.front(), 9);
    record.expect("sum", std::accumulate(list.begin(), list.end(), std::uint64_t{0}),
                  sum_below(10));
    return record.trial();
}

/// Blocks of equal size and a table of them: growing moves no element.
Reply dequetest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::deque<std::uint64_t> queue;
    for (std::uint64_t value = 0; value < 100; ++value) {
        queue.push_back(value);
        queue.push_front(value);
    }
    record.address("front", &queue.front());
    record.address("back", &queue.back());
    for (int taken = 0; taken < 100; ++taken) queue.pop_front();
    record.expect("front after 100 pops", queue.front(), 0);
    record.expect("sum of the rest", std::accumulate(queue.begin(), queue.end(), std::uint64_t{0}),
                  sum_below(100));
    return record.trial();
}

/// The other heap: a priority queue in a vector. It shares nothing but the name.
Reply heaptest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::priority_queue<std::uint64_t> heap;
    // 37 and 100 have no common divisor, so this visits 0 to 99 in a mixed-up order.
    for (std::uint64_t step = 0; step < 100; ++step) heap.push(step * 37 % 100);
    record.address("largest value", &heap.top());
    record.expect("largest", heap.top(), 99);
    bool descending = true;
    for (std::uint64_t expected = 100; expected-- > 0; heap.pop()) {
        descending = descending && heap.top() == expected;
    }
    record.expect("popped in order (1 is yes)", descending ? 1 : 0, 1);
    return record.trial();
}

/// A node for each key, in a balanced tree.
Reply maptest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::map<std::uint64_t, std::uint64_t> squares;
    // 37 and 50 have no common divisor, so every key from 0 to 49 comes once.
    for (std::uint64_t key = 0; key < 50; ++key) squares[key * 37 % 50] = key;
    for (auto& [key, value] : squares) value = key * key;
    record.address("lowest entry", &*squares.begin());
    record.expect("number of entries", squares.size(), 50);
    record.expect("squares[7]", squares.at(7), 49);
    record.expect("first key at or above 30", squares.lower_bound(30)->first, 30);
    return record.trial();
}

/// The same with keys alone; keys that come twice allocate nothing.
Reply settest(Context&, const Arguments&) {
    const CppHeapScope scope;
    Record record;
    std::set<std::uint64_t> set;
    // Every member comes twice.
    for (std::uint64_t step = 0; step < 100; ++step) set.insert(step * 7 % 50);
    record.address("lowest member", &*set.begin());
    record.expect("number of members", set.size(), 50);
    record.expect("in order (1 is yes)", std::ranges::is_sorted(set) ? 1 : 0, 1);
    record.expect("number erased", set.erase(13), 1);
    return record.trial();
}

/// More boxes than would fit at once: each is freed before the next. So a design that gives memory
/// back reuses one place for all, and `bump`, which does so only when all are free, is stopped by
/// one that lives throughout (`keep=on`).
Reply manyboxes(Context& context, const Arguments& arguments) {
    const auto count = count_argument(arguments, default_heap_size);
    if (!count) return count.error();
    const auto* keep = arguments.option("keep");
    const auto kept = parse_switch(keep == nullptr ? "off" : *keep);
    if (!kept) return kept.error();
    const CppHeapScope scope;
    Record record;
    LongLoop loop(context, "manyboxes", *count);
    std::unique_ptr<std::uint64_t> long_lived;
    // Taken before the boxes, so that it stands in front of them all.
    if (*kept) long_lived = std::make_unique<std::uint64_t>(1);
    std::uint64_t right = 0;
    std::uint64_t at_first_address = 0;
    const std::uint64_t* first_address = nullptr;
    for (std::uint64_t value = 0; value < *count; ++value) {
        const auto box = std::make_unique<std::uint64_t>(value);
        show(box.get());
        if (value == 0) first_address = box.get();
        if (*box == value) ++right;
        // With a design that reuses memory at once this is all of them.
        if (box.get() == first_address) ++at_first_address;
        loop.pass(value);
    }
    if (long_lived) {
        record.address("long-lived box", long_lived.get());
        record.expect("long-lived value", *long_lived, 1);
    }
    record.address("boxes", first_address);
    record.value("number of boxes at that address", at_first_address);
    record.expect("number of boxes with the right value", right, *count);
    return record.trial();
}

}  // namespace heap44::shell::commands
