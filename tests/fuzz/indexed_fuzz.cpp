// SPDX-License-Identifier: MIT
// The linked list with an index.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("indexed")
