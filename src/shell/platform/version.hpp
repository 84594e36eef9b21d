// SPDX-License-Identifier: MIT
// Which Heap44 this is.
#pragma once

#include <string_view>

namespace heap44::shell {

extern const std::string_view version;
/// The commit that it was built from, with `-dirty` behind it where files had changed.
extern const std::string_view build;

}  // namespace heap44::shell
