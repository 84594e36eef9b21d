# SPDX-License-Identifier: MIT
"""ISO images with a grub.cfg of a test's own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from heap44.machine import build_directory


def grub_image(directory: Path, configuration: str, files: dict[str, str] | None = None) -> str:
    """An image like the one that was built, with this grub.cfg, and ``files`` in /boot."""
    iso = directory / "iso"
    shutil.copytree(build_directory() / "iso", iso)
    for name, text in (files or {}).items():
        (iso / "boot" / name).write_text(text)
    (iso / "boot/grub/grub.cfg").write_text(configuration)
    image = str(directory / "grub.iso")
    modules = "--install-modules=normal multiboot2 part_gpt part_msdos"
    subprocess.run(
        ["grub-mkrescue", modules, "--locales=", "--fonts=", "--themes=", "-o", image, str(iso)],
        check=True,
        capture_output=True,
    )
    return image
