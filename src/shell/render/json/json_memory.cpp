// SPDX-License-Identifier: MIT
// What is said of memory, as JSON.
//
// Addresses and page table entries are strings in hexadecimal, as everywhere in JSON here; sizes
// and counts are numbers.

#include <algorithm>
#include <array>

#include "shell/platform/machine.hpp"
#include "shell/platform/visiting.hpp"
#include "shell/render/json/json_renderer.hpp"
#include "shell/render/page_flags.hpp"

namespace heap44::shell {

/// In pieces, since a string of all bytes would have to be kept somewhere.
void JsonRenderer::keys(const Bytes& bytes) {
    json_.member("address", bytes.address);
    json_.text_in_pieces("bytes", [&](Output& pieces) {
        std::array<std::byte, 16> some;
        for (std::size_t done = 0; done < bytes.size; done += some.size()) {
            const auto wanted = std::span(some).first(std::min(some.size(), bytes.size - done));
            view_.machine.read_memory(bytes.address + done, wanted);
            for (const std::byte byte : wanted) {
                print(pieces, "{:02x}", std::to_integer<unsigned>(byte));
            }
        }
    });
}

void JsonRenderer::keys(const Walk& reply) {
    walk(reply);
}

/// Also of a walk that ends nowhere: then `physical` is null, and the last level says why.
void JsonRenderer::walk(const Walk& reply) {
    json_.member("address", reply.address);
    json_.array("levels", [&] {
        for (std::size_t index = 0; index < reply.walk.depth; ++index) {
            const mm::WalkLevel& level = reply.walk.levels[index];
            json_.object([&] {
                json_.member("level", unsigned{level.level});
                json_.member("index", unsigned{level.index});
                json_.member("entry", VirtAddr{level.entry});
                // The entry is there as a number, too; the flags save the reader a table of bits.
                json_.array("flags", [&] {
                    for_each_page_flag(level, [&](std::string_view flag) { json_.element(flag); });
                });
            });
        }
    });
    json_.member("physical", reply.walk.physical);
}

/// In address order, as the machine tells them.
void JsonRenderer::keys(const Regions&) {
    auto draw = visiting<MemoryRegion>([&](const MemoryRegion& region) {
        json_.object([&] {
            json_.member("start", region.start);
            json_.member("end", region.end);
            json_.member("kind", region.kind);
        });
        return true;
    });
    json_.array("regions", [&] { view_.machine.for_each_region(draw); });
}

void JsonRenderer::keys(const Frames& frames) {
    json_.member("total", frames.counts.total);
    json_.member("used", frames.counts.used);
    json_.member("free", frames.counts.free);
}

}  // namespace heap44::shell
