// SPDX-License-Identifier: MIT
// What a third or more of all sources include, compiled once for each set of flags: reading it
// takes the compiler longer than all that is its own in most files. A header that fewer need has
// more compiled again at each change than it saves. No source may count on this: each includes
// what it uses, and compiles without.
#include <algorithm>
#include <array>
#include <format>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "lib/text.hpp"
#include "mm/heap/heap.hpp"
#include "shell/answer/answer.hpp"
