# SPDX-License-Identifier: MIT
"""The shell's commands as typed methods, a file for each kind; `heap44.Heap` has them all."""
