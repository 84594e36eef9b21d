// SPDX-License-Identifier: MIT
// What a renderer may look at. It can change nothing through it.
#pragma once

#include "shell/answer/session.hpp"
#include "shell/platform/machine.hpp"
#include "shell/platform/terminal.hpp"

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

/// Only references to constants: that is what keeps renderers from acting. `make check-renderers`
/// looks at what they include.
struct View {
    const mm::Heap& heap;
    const Machine& machine;
    const Session& session;
    /// Whose Ctrl-C ends a long listing.
    const Terminal& terminal;
};

}  // namespace heap44::shell
