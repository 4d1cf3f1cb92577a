"""The browser of the browser tests: found on this machine, or installed. ``python -m tests.chromium`` does both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright._impl._driver import compute_driver_executable

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOT_FOUND = (
    "NO BROWSER: every test marked 'browser' is skipped. Install chromium, or set CHROME=/path/to/chrome."
)
ARGUMENTS = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """The path of a Chromium, or None: $CHROME, one on the PATH, or Playwright's own."""
    named = [shutil.which(name) for name in (os.environ.get("CHROME") or "", *PROGRAMS) if name]
    return next((path for path in named if path), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    caches = {"darwin": "Library/Caches/ms-playwright"}
    default = Path.home() / caches.get(sys.platform, ".cache/ms-playwright")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    found = [
        *folder.glob("chromium-*/chrome-*/chrome"),
        *folder.glob("chromium-*/chrome-*/*.app/Contents/MacOS/*"),
    ]
    return str(max(found)) if found else None


def driver_runs() -> bool:
    """Playwright's Node needs libatomic1, which a minimal Debian lacks."""
    try:
        done = subprocess.run([*compute_driver_executable(), "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def launch_arguments() -> list[str]:
    """What every start of the browser is given."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _install() -> None:
    """Try what this user may do. What fails says so by itself."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-qq"], env)
        _try(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "libatomic1"], env)
    if find() is None and driver_runs():
        _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _try(command: list[str], env: dict[str, str]) -> None:
    try:
        subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=900, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"{command[0]}: {problem}")


def main() -> int:
    if find() is None or not driver_runs():
        print("The browser tests need Chromium; trying to install it ...")
        _install()
    if find() is None or not driver_runs():
        print(f"\n{'!' * 100}\n{NOT_FOUND}\n{'!' * 100}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
