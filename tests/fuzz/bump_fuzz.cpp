// SPDX-License-Identifier: MIT
// The bump allocator.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("bump")
