"""Says which system libraries Qt lacks on this machine, and installs them where it may.

Runs before Qt is loaded and on the machine's own Python, so it uses the standard library alone.
Only Linux is looked at: elsewhere Qt brings all that it needs.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

# What Qt loads, by the Debian package that it is in.
QT_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
}
FONT_PACKAGE = "fonts-dejavu-core"
# What it loads besides for a real X display.
X11_PACKAGES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def loads(library: str) -> bool:
    """Whether the dynamic linker finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font(folders: Iterable[str] = _FONT_FOLDERS) -> bool:
    """Whether there is any font that Qt can draw with."""
    for folder in folders:
        for _, _, names in os.walk(Path(folder).expanduser()):
            if any(name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb")) for name in names):
                return True
    return False


def needs_x11(environment: Mapping[str, str]) -> bool:
    """Whether the window would be shown by an X server."""
    platform = environment.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform.startswith("xcb")
    return bool(environment.get("DISPLAY")) and not environment.get("WAYLAND_DISPLAY")


def missing(display: bool) -> list[str]:
    """The packages whose libraries are not there; with `display`, those for an X display too."""
    wanted = QT_PACKAGES | (X11_PACKAGES if display else {})
    packages = [package for library, package in wanted.items() if not loads(library)]
    return packages + ([] if has_font() else [FONT_PACKAGE])


def can_install() -> bool:
    """Whether this is Debian, Ubuntu or kin, run as root."""
    return shutil.which("apt-get") is not None and os.geteuid() == 0


def install(packages: list[str]) -> bool:
    """Installs Debian packages when it may; True when they are installed."""
    if not can_install():
        return False
    print("Installing " + " ".join(packages), flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # Stale package lists may still do, so that only the second command's outcome counts.
    subprocess.run(["apt-get", "-q", "update"], env=environment, stdout=subprocess.DEVNULL, check=False)
    command = ["apt-get", "-q", "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


def main(argv: list[str] | None = None) -> int:
    """Exit status 1 when a library is missing still; a missing font is only said."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--display", action="store_true", help="also look for what a real X display needs")
    options = parser.parse_args(argv)
    if not sys.platform.startswith("linux"):
        return 0
    display = options.display and needs_x11(os.environ)
    packages = missing(display)
    if packages and install(packages):
        packages = missing(display)
    if not packages:
        return 0
    print("Qt needs system libraries that this machine lacks. The Debian packages are:", file=sys.stderr)
    print("  sudo apt-get install " + " ".join(packages), file=sys.stderr)
    return 0 if packages == [FONT_PACKAGE] else 1


if __name__ == "__main__":
    sys.exit(main())
