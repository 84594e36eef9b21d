// SPDX-License-Identifier: MIT
#include "shell/platform/version.hpp"

// Written by the Makefile; only this file sees it, so that a commit compiles one file anew.
#include "build_id.hpp"

namespace heap44::shell {

const std::string_view version = HEAP44_VERSION;
const std::string_view build = HEAP44_BUILD;

}  // namespace heap44::shell
