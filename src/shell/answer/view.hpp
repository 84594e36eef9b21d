// SPDX-License-Identifier: MIT
// What a renderer may look at. It can change nothing through it.
#pragma once

namespace heap44::mm {
class Heap;
}  // namespace heap44::mm

namespace heap44::shell {

class Machine;
class Terminal;
struct Session;

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
