// SPDX-License-Identifier: MIT
// The linked list, plain and under every policy.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("linked-list")
