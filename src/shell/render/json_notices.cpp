// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer, as JSON. Told once; each key is there
// only where there is something to tell.
#include "shell/damage.hpp"
#include "shell/render/json_renderer.hpp"

namespace heap44::shell {

void JsonRenderer::notices() {
    const Report* watched = context_.platform.take_watch_report();
    if (watched != nullptr) {
        json_.array("watched", [&] {
            for (; watched != nullptr; watched = context_.platform.take_watch_report()) {
                json_.object([&] { report(*watched); });
            }
        });
    }
    mm::DamageLog& log = context_.heap.damages();
    if (log.empty()) return;
    json_.array("damage", [&] {
        for (const mm::Damage& damage : log.first()) {
            json_.object([&] { report(report_of(damage)); });
        }
    });
    if (log.further() != 0) json_.member("further_damage", log.further());
    log.clear();
}

}  // namespace heap44::shell
