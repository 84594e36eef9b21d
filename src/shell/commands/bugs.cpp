// SPDX-License-Identifier: MIT
// The classic errors of programs with a heap, each in real code. `bug` shows a function's lines, so
// they are as few as the error needs.
#include "shell/commands/bugs.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "mm/heap/heap.hpp"
#include "shell/platform/guard.hpp"
#include "shell/platform/machine.hpp"

namespace heap44::shell::commands {

// In order of the table. A comment here stands in front of the function, since what stands inside
// it is shown to people.
namespace bugs {

namespace {

/// Lets the value be seen from outside, so that the compiler may not leave out what made it.
template <class Value>
void use(const Value& value) {
    [[maybe_unused]] static volatile Value seen;
    seen = value;
}

struct Overwritten {
    std::array<std::uint64_t, 2>* words;
    std::array<std::uint64_t, 2> were;
};
constinit std::optional<Overwritten> overwritten;

/// As code that knows nothing of the sanitizer would do it: a library, another language. What was
/// there is remembered.
[[clang::no_sanitize("kernel-address"), gnu::noinline]]
void overwrite(std::array<std::uint64_t, 2>* words, std::array<std::uint64_t, 2> with) {
    overwritten = {words, *words};
    *words = with;
}

/// What an interrupt handler must not do: the code that it interrupted may hold the lock.
class AllocatingHandler final : public Task {
public:
    explicit AllocatingHandler(mm::Heap& heap) : heap_(heap) {}
    void run() override { allocate_in_handler(heap_); }
    static void allocate_in_handler(mm::Heap& heap) {
        heap.allocate({.size = 16}, reinterpret_cast<std::uint64_t>(&allocate_in_handler));
    }

private:
    mm::Heap& heap_;
};

}  // namespace

/// Nobody stops it. The command counts afterwards what was allocated and not freed.
void leak(Context&) {
    auto owner = std::make_unique<std::array<int, 25>>();
    use(owner.release());  // gives up ownership, and nobody takes it
}

/// The second unique_ptr frees when the function ends; the ledger knows the block as freed.
void double_free(Context&) {
    auto owner = std::make_unique<std::uint64_t>(41);
    const std::unique_ptr<std::uint64_t> twin(owner.get());  // a second owner
    owner.reset();
}

/// The write is stopped before it happens: the sanitizer asks the ledger, to which the old block is
/// free.
void use_after_free(Context&) {
    std::vector<std::uint64_t> numbers{1, 2, 3};
    std::uint64_t& first = numbers.front();
    numbers.push_back(4);  // no room: all move to a larger block
    first = 41;
}

/// The last write is behind the block's 12 bytes.
void overflow(Context&) {
    std::vector<std::uint32_t> row(3);
    std::uint32_t n = 41;
    for (auto it = row.begin(); it <= row.end(); ++it) *it = n++;  // not <=
    use(row.data());
}

/// The first write is in front of the block, where `other` stands.
void underflow(Context&) {
    const std::vector<char> other(20);
    std::vector<char> text(24, '-');
    std::copy(text.begin(), text.end(), text.begin() - 1);  // the first, too
    use(text.data());
}

/// Whoever sends the reply gets what lies behind the message, too.
void over_read(Context&) {
    const std::vector<char> message(12, '-');
    std::array<char, 16> reply{};
    std::copy_n(message.begin(), reply.size(), reply.begin());  // 16, of 12
    use(reply.data());
}

/// As underflow, with a read.
void under_read(Context&) {
    const std::vector<char> other(60);
    const std::vector<char> text(64, '-');
    std::array<char, 64> copy{};
    std::copy(text.begin() - 1, text.end() - 1, copy.begin());  // not - 1
    use(copy.data());
}

/// As use_after_free, with a read.
void read_after_free(Context&) {
    std::vector<std::uint64_t> numbers{1, 2, 3};
    const std::uint64_t& first = numbers.front();
    numbers.push_back(4);  // no room: all move to a larger block
    use(first);
}

/// The ledger knows the block around the address and says how far inside it lies.
void interior_free(Context&) {
    const auto numbers = std::make_unique<std::uint64_t[]>(4);
    const std::unique_ptr<std::uint64_t> second(&numbers[1]);  // inside it
}

/// The address is on the stack, and so not in the heap at all.
void foreign_free(Context&) {
    std::uint64_t local = 41;
    const std::unique_ptr<std::uint64_t> owner(&local);  // on the stack
}

/// `delete` knows the size of the base class only, and tells it to operator delete.
void wrong_layout(Context&) {
    struct Shape {
        std::uint64_t sides = 4;  // and no virtual destructor
    };
    struct Rectangle : Shape {
        std::uint64_t width = 41, height = 13;
    };
    const std::unique_ptr<Shape> shape = std::make_unique<Rectangle>();
}

/// The size is right, and so nothing but the form of `new` tells.
void array_delete(Context&) {
    auto* const numbers = new std::uint64_t[1]{41};
    const std::unique_ptr<std::uint64_t> owner(numbers);  // not uint64_t[]
}

/// Like `leak`, but no line of it is wrong by itself.
void cycle(Context&) {
    struct Node {
        std::shared_ptr<Node> other;
    };
    const auto first = std::make_shared<Node>();
    const auto second = std::make_shared<Node>();
    first->other = second;
    second->other = first;  // each keeps the other alive, for ever
}

/// As read_after_free, of what one pointer owned.
void dangling(Context&) {
    auto owner = std::make_unique<std::uint64_t>(41);
    const std::uint64_t* borrowed = owner.get();
    owner.reset();
    use(*borrowed);
}

/// The lock is taken as an allocation takes it. Then the timer interrupt comes, and its handler
/// wants it.
void deadlock(Context& context) {
    const auto here = reinterpret_cast<std::uint64_t>(&deadlock);
    const mm::SpinlockGuard under_way(context.heap.lock(), here);
    AllocatingHandler handler(context.heap);
    context.machine.run_in_interrupt(handler);  // the timer comes now
}

/// No check sees this write. What it has broken is found when the holes are looked at.
void corrupt_list(Context&) {
    auto owner = std::make_unique<std::array<std::uint64_t, 2>>();
    auto* const stale = owner.get();
    owner.reset();               // now a hole: size and next
    overwrite(stale, {41, 13});  // by code that is not instrumented
}

}  // namespace bugs

namespace {

constexpr std::array<Bug, 16> table{{
    {{"leak", "an owner gives up its block, and nobody takes it"}, bugs::leak},
    {{"double-free", "two unique_ptr own one block"}, bugs::double_free},
    {{"use-after-free", "a reference into a vector outlives a push_back"}, bugs::use_after_free},
    {{"overflow", "a loop over a vector runs one too far"}, bugs::overflow},
    {{"underflow", "a shift to the left begins one too early"}, bugs::underflow},
    {{"over-read", "a copy takes 16 bytes of a message of 12"}, bugs::over_read},
    {{"under-read", "a copy begins one too early"}, bugs::under_read},
    {{"read-after-free", "a reference into a vector is read after a push_back"},
     bugs::read_after_free},
    {{"interior-free", "a unique_ptr owns what is inside a block"}, bugs::interior_free},
    {{"foreign-free", "a unique_ptr owns a variable on the stack"}, bugs::foreign_free},
    {{"wrong-layout", "delete through a base without a virtual destructor"}, bugs::wrong_layout},
    {{"array-delete", "delete of what new[] has allocated"}, bugs::array_delete},
    {{"cycle", "two shared_ptr own each other"}, bugs::cycle},
    {{"dangling", "a pointer is read after its unique_ptr was reset"}, bugs::dangling},
    {{"deadlock", "an interrupt handler allocates while the lock is held"}, bugs::deadlock},
    {{"corrupt-list", "a stale pointer writes over the words of a hole"}, bugs::corrupt_list},
}};

// This file itself: what `bug` shows cannot differ from what it runs.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
constexpr char this_file[] = {
#embed "bugs.cpp"
};
#pragma clang diagnostic pop

}  // namespace

std::span<const Bug> all_bugs() {
    return table;
}

/// Finds the function by its head at the start of a line, and its end by the first `}` alone on
/// one.
std::string_view source_of(const Bug& bug) {
    auto head = format_fixed<64>("\nvoid {}(", bug.kind.name);
    FixedText<64> function;
    for (const char each : head.view())
        function.write(each == '-' ? "_" : std::string_view(&each, 1));
    const std::string_view text(this_file, sizeof this_file);
    const std::size_t start = text.find(function.view()) + 1;
    constexpr std::string_view end = "\n}\n";
    return text.substr(start, text.find(end, start) - start + 2);
}

/// Else the heap would stay broken after the lesson, and every command after it would be refused.
void mend_list() {
    if (bugs::overwritten) *bugs::overwritten->words = bugs::overwritten->were;
    bugs::overwritten.reset();
}

}  // namespace heap44::shell::commands
