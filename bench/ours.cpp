// SPDX-License-Identifier: MIT
// The designs under measurement, each as it ships; compiled with the kernel's flags.
#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include "lib/caller.hpp"
#include "mm/heap/designs/table.hpp"
#include "mm/heap/heap.hpp"
#include "region.hpp"
#include "subject.hpp"

namespace heap44::bench {

namespace {

/// What the harness itself costs: always the same block.
struct Empty {
    static inline std::array<std::byte, 4096> block;

    static void start(std::span<std::byte>) {}
    static std::byte* allocate(std::size_t, std::size_t) { return block.data(); }
    static void deallocate(std::byte*, std::size_t, std::size_t) {}
    static std::byte* reallocate(std::byte* old, std::size_t, std::size_t, std::size_t) {
        return old;
    }
};

Memory& beside_the_heap() {
    static Memory memory(nullptr);
    return memory;
}

template <class D>
struct Bare {
    static inline std::optional<D> design;

    static void start(std::span<std::byte> region) {
        if constexpr (std::constructible_from<D, std::span<std::byte>>) {
            design.emplace(region);
        } else {
            design.emplace(region, beside_the_heap().touched(D::metadata_bytes(region.size())));
        }
    }
    static std::byte* allocate(std::size_t size, std::size_t align) {
        return design->allocate({size, align});
    }
    static void deallocate(std::byte* block, std::size_t size, std::size_t align) {
        design->deallocate(block, {size, align});
    }
    static std::byte* reallocate(std::byte* block, std::size_t size, std::size_t align,
                                 std::size_t new_size) {
        return mm::reallocate(*design, block, {size, align}, new_size);
    }
};

/// The heap behind its lock, with a ledger that judges every free; and, as the shell uses it, with
/// all free memory watched.
enum class Watched : bool { no, yes };
template <class D, Watched watched>
struct Checked {
    static inline std::optional<mm::Heap> heap;

    static void start(std::span<std::byte> region) {
        heap.emplace(region, beside_the_heap().touched(mm::Heap::memory_needed(region.size())));
        heap->select(D::name);
        if (watched == Watched::yes) return;
        mm::Heap::State state = heap->state();
        state.watching = {};
        heap->set_state(state);
    }
    static std::byte* allocate(std::size_t size, std::size_t align) {
        const mm::Block* block = heap->allocate({size, align}, caller_address());
        return block == nullptr ? nullptr : reinterpret_cast<std::byte*>(block->address.value);
    }
    static void deallocate(std::byte* block, std::size_t, std::size_t) {
        const mm::Verdict verdict = heap->ledger().judge(address_of(block));
        if (verdict.kind == mm::Verdict::Kind::live) heap->free(*verdict.block, caller_address());
    }
    static std::byte* reallocate(std::byte* block, std::size_t, std::size_t, std::size_t new_size) {
        const mm::Block* old = heap->ledger().live_at(address_of(block));
        const mm::Block* moved = heap->reallocate(*old, new_size, caller_address());
        return moved == nullptr ? nullptr : reinterpret_cast<std::byte*>(moved->address.value);
    }
};

template <class S>
Subject subject(std::string_view name) {
    return {name, S::start, S::allocate, S::deallocate, S::reallocate, move_block<S>};
}

/// The dummy has nothing to measure, and a window is the machine's pages more than memory; of two
/// designs of one name the first is the plain form.
template <class D>
void add_design(std::vector<Subject>& all) {
    if constexpr (!mm::WindowDesign<D>) {
        const std::string_view name = D::name;
        if (name != "dummy" && std::ranges::find(all, name, &Subject::name) == all.end()) {
            all.push_back(subject<Bare<D>>(name));
        }
    }
}

template <class... Designs>
std::vector<Subject> all_of(const std::variant<Designs...>*) {
    std::vector<Subject> all{subject<Empty>("harness")};
    (..., add_design<Designs>(all));
    all.push_back(subject<Checked<mm::LinkedList, Watched::no>>("linked-list+ledger"));
    all.push_back(subject<Checked<mm::Indexed, Watched::no>>("indexed+ledger"));
    all.push_back(subject<Checked<mm::LinkedList, Watched::yes>>("linked-list+watch"));
    all.push_back(subject<Checked<mm::Indexed, Watched::yes>>("indexed+watch"));
    return all;
}

}  // namespace

std::vector<Subject> our_subjects() {
    return all_of(static_cast<const mm::AnyDesign*>(nullptr));
}

}  // namespace heap44::bench
