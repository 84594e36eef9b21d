// SPDX-License-Identifier: MIT
// Every design of the table, new ones too.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("")
