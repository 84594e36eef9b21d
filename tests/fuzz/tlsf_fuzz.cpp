// SPDX-License-Identifier: MIT
// Two-level segregated fit.
#include "design_target.hpp"

HEAP44_FUZZ_DESIGN("tlsf")
