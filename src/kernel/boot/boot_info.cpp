// SPDX-License-Identifier: MIT
#include "kernel/boot/boot_info.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "kernel/boot/boot_protocols.hpp"

namespace heap44::kernel {

namespace {

using Bytes = std::span<const std::byte>;

// The longest Multiboot2 information that is believed; GRUB's is a few KiB.
// Limits against damage: without them a wrong length could keep the kernel reading for a long time.
constexpr std::uint32_t longest_information = 1024 * 1024;
constexpr std::size_t longest_text = std::size_t{64} * 1024;
constexpr std::uint32_t most_modules = 64;

/// Copies a value out of the bytes; nothing where they end before it. Copied, since nothing is
/// aligned.
template <class Value>
std::optional<Value> load(Bytes bytes, std::size_t offset = 0) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(Value)) return std::nullopt;
    Value value;
    std::memcpy(&value, bytes.data() + offset, sizeof(Value));
    return value;
}

/// The bytes from `offset` on; none where there are fewer.
Bytes behind(Bytes bytes, std::size_t offset) {
    return bytes.subspan(std::min(offset, bytes.size()));
}

// Loaders end text with a zero; a text that reaches the end of its room without one ends there.
void copy_text(Output& output, Bytes bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    output.write(text.substr(0, text.find('\0')));
}

/// Byte by byte, since nobody knows where the text ends, and memory may end before it.
void copy_text_at(Output& output, PhysAddr address, const PhysicalMemory& memory) {
    for (std::size_t index = 0; index < longest_text; ++index) {
        const Bytes byte = memory.at(address + index, 1);
        if (byte.empty() || byte[0] == std::byte{0}) return;
        output.write({reinterpret_cast<const char*>(byte.data()), 1});
    }
}

/// Entries may be longer than those known here (a later version); the header says how long.
void read_memory_tag(BootInfo& info, Bytes tag) {
    const auto header = load<multiboot2::MemoryMapHeader>(tag);
    if (!header || header->entry_size < sizeof(multiboot2::MemoryMapEntry)) {
        info.problem = "a memory map with entries that are too short";
        return;
    }
    for (Bytes rest = behind(tag, sizeof(*header));; rest = behind(rest, header->entry_size)) {
        const auto entry = load<multiboot2::MemoryMapEntry>(rest);
        if (!entry) return;
        info.add_memory({{entry->start}, entry->size, entry->kind});
    }
}

void read_module_tag(BootInfo& info, Bytes tag) {
    const auto module = load<multiboot2::Module>(tag);
    if (!module || module->end < module->start) return;
    info.add_module({{module->start}, module->end - module->start});
}

// The newer copy (tag 15) is longer; it wins, whichever comes first.
void read_rsdp_tag(BootInfo& info, Bytes copy) {
    if (copy.size() <= info.rsdp_size) return;
    info.rsdp_size = std::min(copy.size(), info.rsdp.size());
    std::ranges::copy(copy.first(info.rsdp_size), info.rsdp.begin());
}

/// Kinds of tags that are not listed are passed over: the format allows any.
void read_tag(BootInfo& info, std::uint32_t type, Bytes contents) {
    switch (static_cast<multiboot2::TagType>(type)) {
        case multiboot2::TagType::command_line:
            return copy_text(info.command_line, contents);
        case multiboot2::TagType::loader_name:
            return copy_text(info.loader, contents);
        case multiboot2::TagType::module:
            return read_module_tag(info, contents);
        case multiboot2::TagType::memory_map:
            return read_memory_tag(info, contents);
        case multiboot2::TagType::old_rsdp:
        case multiboot2::TagType::new_rsdp:
            return read_rsdp_tag(info, contents);
        case multiboot2::TagType::end:
            return;
    }
}

/// Goes from tag to tag (Multiboot2 specification, "Boot information format"). Each begins at a
/// multiple of 8.
void read_multiboot2(BootInfo& info, PhysAddr address, const PhysicalMemory& memory) {
    info.protocol = "Multiboot2";
    const auto size = load<std::uint32_t>(memory.at(address, sizeof(std::uint32_t)));
    if (!size || *size > longest_information) {
        info.problem = "boot information of impossible size";
        return;
    }
    info.add_reserved({address, *size});
    Bytes rest = behind(memory.at(address, *size), multiboot2::tags_offset);
    while (const auto tag = load<multiboot2::TagHeader>(rest)) {
        if (tag->type == static_cast<std::uint32_t>(multiboot2::TagType::end)) return;
        // A size below the header's would never get on; one beyond the end would read elsewhere.
        if (tag->size < sizeof(*tag) || tag->size > rest.size()) {
            info.problem = "a tag of impossible size";
            return;
        }
        read_tag(info, tag->type, rest.first(tag->size).subspan(sizeof(*tag)));
        rest = behind(rest, (std::size_t{tag->size} + 7) / 8 * 8);
    }
    info.problem = "boot information without an end tag";
}

void read_pvh_memory(BootInfo& info, const pvh::StartInfo& start, const PhysicalMemory& memory) {
    // Version 0 ends before the memory map.
    if (start.version < 1 || start.memory_map == 0) {
        info.problem = "no memory map";
        return;
    }
    const std::uint32_t count = std::min<std::uint32_t>(
        start.memory_map_count, static_cast<std::uint32_t>(info.memory.size()));
    for (std::uint32_t index = 0; index < count; ++index) {
        const PhysAddr at = PhysAddr{start.memory_map} + index * sizeof(pvh::MemoryMapEntry);
        const auto entry = load<pvh::MemoryMapEntry>(memory.at(at, sizeof(pvh::MemoryMapEntry)));
        if (entry) info.add_memory({{entry->start}, entry->size, entry->kind});
    }
}

void read_pvh_modules(BootInfo& info, const pvh::StartInfo& start, const PhysicalMemory& memory) {
    const std::uint32_t count = std::min(start.module_count, most_modules);
    for (std::uint32_t index = 0; index < count; ++index) {
        const PhysAddr at = PhysAddr{start.modules} + index * sizeof(pvh::Module);
        const auto module = load<pvh::Module>(memory.at(at, sizeof(pvh::Module)));
        if (module) info.add_module({{module->start}, module->size});
    }
}

/// PVH's information is a structure with pointers (Xen: include/public/arch-x86/hvm/start_info.h).
void read_pvh(BootInfo& info, PhysAddr address, const PhysicalMemory& memory) {
    info.protocol = "PVH";
    const auto start = load<pvh::StartInfo>(memory.at(address, sizeof(pvh::StartInfo)));
    if (!start || start->magic != pvh_magic) {
        info.problem = "no start information where it should be";
        return;
    }
    info.add_reserved({address, sizeof(pvh::StartInfo)});
    info.rsdp_address = {start->rsdp};
    if (start->command_line != 0) copy_text_at(info.command_line, {start->command_line}, memory);
    read_pvh_memory(info, *start, memory);
    read_pvh_modules(info, *start, memory);
}

}  // namespace

void BootInfo::add_memory(const MemoryRange& range) {
    if (memory_count == memory.size()) {
        problem = "more memory ranges than there is room for";
        return;
    }
    memory[memory_count++] = range;
}

void BootInfo::add_reserved(const ReservedRange& range) {
    if (reserved_count == reserved.size()) {
        problem = "more modules than there is room for";
        return;
    }
    reserved[reserved_count++] = range;
}

/// A module that finds no place among the reserved ranges is not used: somebody would overwrite it.
void BootInfo::add_module(const ReservedRange& range) {
    const std::size_t before = reserved_count;
    add_reserved(range);
    if (module.size == 0 && reserved_count > before) module = range;
}

void read_boot_information(BootInfo& info, std::uint32_t magic, PhysAddr information,
                           const PhysicalMemory& memory) {
    if (magic == multiboot2_magic) {
        read_multiboot2(info, information, memory);
    } else if (magic == pvh_magic) {
        read_pvh(info, information, memory);
    } else {
        info.problem = "started by an unknown boot protocol";
    }
}

}  // namespace heap44::kernel
