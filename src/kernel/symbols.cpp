// SPDX-License-Identifier: MIT
#include "kernel/symbols.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "kernel/image.hpp"

// Written by tools/embed_symbols.py, which describes it.
extern "C" const std::uint32_t symbol_table[];

namespace heap44::kernel {

namespace {

struct Symbol {
    std::uint32_t offset;
    std::uint32_t name;
};

std::span<const Symbol> symbols() {
    return {reinterpret_cast<const Symbol*>(symbol_table + 1), symbol_table[0]};
}

}  // namespace

std::optional<shell::CodePlace> describe_code(std::uint64_t code) {
    const std::uint64_t offset = code - address_of(text_start).value;
    const std::span<const Symbol> all = symbols();
    // Each function ends where the next begins; the entry behind the last closes both lists.
    const Symbol* closing = all.data() + all.size();
    if (offset >= closing->offset) return std::nullopt;
    const auto after = std::ranges::upper_bound(all, offset, {}, &Symbol::offset);
    if (after == all.begin()) return std::nullopt;
    const Symbol& symbol = *std::prev(after);
    const char* names = reinterpret_cast<const char*>(closing + 1);
    const std::size_t length = (&symbol)[1].name - symbol.name;
    return shell::CodePlace{{names + symbol.name, length}, offset - symbol.offset};
}

}  // namespace heap44::kernel
