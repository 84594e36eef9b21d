// SPDX-License-Identifier: MIT
// Finds the function and the line of a code address in the table of the build.
//
//     u32  number of functions n, number of files m
//     n+1  { offset from text_start, offset of the name, offset of the rows }  closing() is the end
//     m+1  offset of the file's name                                           files()
//          the names, one behind the other, without an end mark                names()
//          the rows: LEB128 numbers
//
// Nothing has a length: an entry ends where the next one begins, and one more entry at the end of
// each list closes it. Rows hold differences, so most of them take two bytes or three.

#include "kernel/symbols.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#include "kernel/image.hpp"

// Written by tools/embed_symbols.py, which describes it.
extern "C" const std::uint32_t symbol_table[];

namespace heap44::kernel {

namespace {

struct Function {
    std::uint32_t offset;
    std::uint32_t name;
    std::uint32_t rows;
};

/// Finds its way through the table by its numbers; nothing is copied or prepared.
class Table {
public:
    /// The function that holds this offset into the text, or null.
    [[nodiscard]] const Function* find(std::uint64_t offset) const {
        if (offset >= closing()->offset) return nullptr;
        const auto after = std::ranges::upper_bound(functions(), offset, {}, &Function::offset);
        return after == functions().begin() ? nullptr : &*std::prev(after);
    }
    /// Each function's name and rows end where the next one's begin; the entry behind the last
    /// closes both lists.
    [[nodiscard]] std::string_view name(const Function& function) const {
        return {names() + function.name, (&function)[1].name - function.name};
    }
    [[nodiscard]] std::string_view file(std::uint64_t number) const {
        if (number >= symbol_table[1]) return {};
        return {names() + files()[number], files()[number + 1] - files()[number]};
    }
    [[nodiscard]] std::span<const std::uint8_t> rows(const Function& function) const {
        const auto* all = reinterpret_cast<const std::uint8_t*>(names() + files()[symbol_table[1]]);
        return {all + function.rows, (&function)[1].rows - function.rows};
    }

private:
    [[nodiscard]] std::span<const Function> functions() const {
        return {reinterpret_cast<const Function*>(symbol_table + 2), symbol_table[0]};
    }
    [[nodiscard]] const Function* closing() const {
        return functions().data() + functions().size();
    }
    [[nodiscard]] const std::uint32_t* files() const {
        return reinterpret_cast<const std::uint32_t*>(closing() + 1);
    }
    [[nodiscard]] const char* names() const {
        return reinterpret_cast<const char*>(files() + symbol_table[1] + 1);
    }
};

/// Takes a number of seven bits a byte, the lowest first; the last byte is below 0x80 (DWARF 5,
/// 7.6). A damaged table ends the number, not the kernel.
std::uint64_t take_leb128(std::span<const std::uint8_t>& bytes) {
    std::uint64_t number = 0;
    for (unsigned shift = 0; !bytes.empty() && shift < 64; shift += 7) {
        const std::uint8_t byte = bytes.front();
        bytes = bytes.subspan(1);
        number |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) break;
    }
    return number;
}

/// Fills in the file and the line of the last row at or before `offset`.
void find_line(const Table& table, const Function& function, std::uint64_t offset,
               shell::CodePlace& place) {
    std::uint64_t at = function.offset;
    std::uint64_t line = 0;
    std::uint64_t file = 0;
    for (auto rows = table.rows(function); !rows.empty();) {
        at += take_leb128(rows);
        if (at > offset) break;
        // Bit 0: another file follows. Bit 1: the line goes down. The rest: by how much.
        const std::uint64_t change = take_leb128(rows);
        const std::uint64_t step = change >> 2;
        line = (change >> 1 & 1) != 0 ? line - step : line + step;
        if ((change & 1) != 0) file = take_leb128(rows);
    }
    place.file = table.file(file);
    place.line = static_cast<std::uint32_t>(line);
}

}  // namespace

std::optional<shell::CodePlace> describe_code(std::uint64_t code) {
    const std::uint64_t offset = code - address_of(text_start).value;
    const Table table;
    const Function* function = table.find(offset);
    if (function == nullptr) return std::nullopt;
    shell::CodePlace place{.name = table.name(*function), .offset = offset - function->offset};
    find_line(table, *function, offset, place);
    return place;
}

}  // namespace heap44::kernel
