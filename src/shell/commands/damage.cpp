// SPDX-License-Identifier: MIT
// repair, poison: what can be done about damage to the heap, and how it is found.
//
// The detector looks for damage before each operation; these two commands are what a person has to
// say in it.

#include "shell/explain/damage.hpp"

#include "mm/heap/heap.hpp"
#include "shell/answer/preconditions.hpp"
#include "shell/answer/values.hpp"
#include "shell/commands/all.hpp"
#include "shell/explain/inspect.hpp"

namespace heap44::shell::commands {

/// It counts first what `check` would complain of, since afterwards it is gone. A sound heap is
/// repaired, too: nothing is to be done then.
Reply repair(Context& context, const Arguments&) {
    Repaired repaired{.has_words = !context.heap.hole_fields().empty()};
    for_each_problem(context.heap, [&](const Problem&) { ++repaired.problems; });
    repaired.done = context.heap.repair();
    return repaired;
}

/// To fill free memory the heap must know where that is, so the words in the holes must be sound.
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
