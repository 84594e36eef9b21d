// SPDX-License-Identifier: MIT
// What a repair came to.
#pragma once

#include <cstddef>

namespace heap44::mm {

/// What `DamageDetector::repair` put right.
struct Repair {
    std::size_t holes;    ///< with wrong words
    std::size_t damages;  ///< pieces of other damage
};

}  // namespace heap44::mm
