// SPDX-License-Identifier: MIT
#include "kernel/x86_64/stacks.hpp"

#include <array>

namespace heap44::kernel {

namespace {

// More than one page, so that a function with large locals cannot step over it.
constexpr std::size_t guard_size = 4 * page_size;

template <std::size_t Size>
struct alignas(page_size) GuardedStack {
    std::array<std::byte, guard_size> guard;
    std::array<std::byte, Size> bytes;

    /// Where this stack lies, under a name that reports and `memmap` show.
    [[nodiscard]] StackArea area(std::string_view name) const {
        const VirtAddr bottom = address_of(bytes.data());
        return {name, address_of(guard.data()), bottom, bottom + Size};
    }
};

/// One object, so that their order in memory is known.
struct AllStacks {
    GuardedStack<std::size_t{128} * 1024> main;
    std::array<GuardedStack<std::size_t{32} * 1024>, 5> interrupt;
};

[[gnu::section(".bss.stacks")]] constinit AllStacks all_stacks{};

}  // namespace

// Where the boot part finds the first stack.
extern "C" {
extern constinit std::byte* const main_stack_top;
constinit std::byte* const main_stack_top =
    all_stacks.main.bytes.data() + all_stacks.main.bytes.size();
}

std::span<const StackArea, stack_count> stacks() {
    const auto& interrupt = all_stacks.interrupt;
    static const std::array<StackArea, stack_count> areas{
        all_stacks.main.area("kernel stack"),
        interrupt[0].area("double fault stack"),
        interrupt[1].area("non-maskable interrupt stack"),
        interrupt[2].area("page fault stack"),
        interrupt[3].area("stack fault stack"),
        interrupt[4].area("machine check stack"),
    };
    return areas;
}

const StackArea* stack_guarded_at(VirtAddr address) {
    for (const StackArea& stack : stacks()) {
        if (stack.guard <= address && address < stack.bottom) return &stack;
    }
    return nullptr;
}

}  // namespace heap44::kernel
