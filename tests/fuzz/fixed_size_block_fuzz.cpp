// SPDX-License-Identifier: MIT
// The size classes.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("fixed-size-block")
