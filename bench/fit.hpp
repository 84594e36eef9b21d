// SPDX-License-Identifier: MIT
// W4: how much of a heap can be used.
#pragma once

#include <cstddef>

#include "subject.hpp"

namespace heap44::bench {

enum class Sizes { even_to_256, log_uniform_to_4096 };
enum class Filling { fill, churn };

/// The peak of live payload, in percent of the heap, until the first allocation that fails.
[[nodiscard]] double payload_percent(const Subject& subject, std::size_t heap_size, Filling filling,
                                     Sizes sizes);

}  // namespace heap44::bench
