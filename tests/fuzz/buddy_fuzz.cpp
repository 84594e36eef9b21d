// SPDX-License-Identifier: MIT
// The buddy allocator.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("buddy")
