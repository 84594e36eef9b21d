// SPDX-License-Identifier: MIT
// QEMU's firmware configuration device: named pieces of data from QEMU's command line. There is
// none on real hardware.
//
// It is how tests and scripts give options to a kernel whose command line is fixed, as on an ISO
// image (QEMU: docs/specs/fw_cfg.rst).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "lib/text.hpp"

namespace heap44::kernel {

/// The name under which the kernel's command line may come:
/// `-fw_cfg name=opt/heap44/cmdline,string=...`.
inline constexpr std::string_view fw_cfg_command_line = "opt/heap44/cmdline";

/// Writes the contents of the named file to `into`. False without the device or without such a
/// file. At most 64 KiB are read, whatever the directory says.
bool read_fw_cfg_file(std::string_view name, Output& into);

}  // namespace heap44::kernel
