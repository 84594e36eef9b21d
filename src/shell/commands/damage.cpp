// SPDX-License-Identifier: MIT
// repair, poison: what can be done about damage to the heap, and how it is found.
#include "shell/explain/damage.hpp"

#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/explain/inspect.hpp"

namespace heap44::shell::commands {

Reply repair(Context& context, const Arguments&) {
    Repaired repaired{.has_words = !context.heap.hole_fields().empty()};
    for_each_problem(context.heap, [&](const Problem&) { ++repaired.problems; });
    repaired.done = context.heap.repair();
    return repaired;
}

Reply poison(Context& context, const Arguments& arguments) {
    mm::Heap& heap = context.heap;
    if (arguments.size() == 0) return Switch{heap.is_poisoning()};
    const auto on = parse_switch(arguments[0]);
    if (!on) return on.error();
    if (const auto sound = require_sound_holes(heap); !sound) return sound.error();
    heap.set_poisoning(*on);
    return Switch{*on};
}

}  // namespace heap44::shell::commands
