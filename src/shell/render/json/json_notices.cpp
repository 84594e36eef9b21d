// SPDX-License-Identifier: MIT
// What came up while a command ran without being its answer, as JSON. Each key is there only where
// there is something to tell.
#include "shell/answer/notices.hpp"
#include "shell/explain/damage.hpp"
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

void JsonRenderer::notices(const Notices& notices) {
    if (!notices.watched().empty()) {
        json_.array("watched", [&] {
            for (const Report& watched : notices.watched()) json_.object([&] { report(watched); });
        });
    }
    const mm::DamageLog& log = notices.damage;
    if (log.empty()) return;
    json_.array("damage", [&] {
        for (const mm::Damage& damage : log.first()) {
            json_.object([&] { report(report_of(damage)); });
        }
    });
    if (log.further() != 0) json_.member("further_damage", log.further());
}

}  // namespace heap44::shell
