"""Builds the bundle with build.spec, unless the one that is there already holds the present sources."""

from __future__ import annotations

import argparse
import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "opspilot-desktop"


def sources(root: Path) -> Iterator[Path]:
    """The files that decide what the bundle holds."""
    yield from (root / name for name in ("build.spec", "requirements.lock", "scripts/bundle_entry.py"))
    for folder in ("opspilot_desktop", "resources"):
        for path in sorted((root / folder).rglob("*")):
            caches = any(part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts)
            if path.is_file() and not caches:
                yield path


def digest(root: Path) -> str:
    """One text for the state of all sources and of the Python that bundles them."""
    whole = hashlib.sha256(f"{sys.executable} {platform.python_version()}".encode())
    for path in sources(root):
        whole.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def program(folder: Path) -> Path:
    """The program for the command line in a bundle's folder."""
    return folder / (f"{NAME}-cli.exe" if sys.platform == "win32" else NAME)


def build(root: Path, folder: Path) -> Path:
    """Makes `folder/opspilot-desktop` and returns it; raises CalledProcessError when that fails."""
    bundle, stamp = folder / NAME, folder / f"{NAME}.digest"
    now = digest(root)
    if program(bundle).exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == now:
        return bundle
    stamp.unlink(missing_ok=True)
    folders = ["--distpath", str(folder), "--workpath", str(root / "build" / "pyinstaller")]
    options = ["--noconfirm", "--log-level", "ERROR", *folders]
    subprocess.run([sys.executable, "-m", "PyInstaller", *options, "build.spec"], cwd=root, check=True)
    stamp.write_text(now, encoding="utf-8")
    return bundle


def size(bundle: Path) -> int:
    """The bytes of a bundle's files."""
    return sum(path.lstat().st_size for path in bundle.rglob("*") if path.is_file() and not path.is_symlink())


def main(argv: list[str] | None = None) -> int:
    """Builds into dist, or into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "dist")
    folder = parser.parse_args(argv).folder.absolute()
    try:
        bundle = build(ROOT, folder)
    except subprocess.CalledProcessError as error:
        print(f"PyInstaller failed with status {error.returncode}; the lines above say why.", file=sys.stderr)
        return 1
    print(f"{bundle}: {size(bundle) / 1_000_000:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
