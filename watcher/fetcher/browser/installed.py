"""Whether a page can be rendered on this machine at all, and what to install when not."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

# Under which names the system's Chromium is found, the first one first. All of them speak the same protocol.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("playwright", "psutil")


def find_browser(configured: str | None) -> str | None:
    """The path of the browser: the configured one, else the first of `NAMES` on PATH; None where there is none."""
    if configured is not None:
        return shutil.which(configured)
    return next((path for name in NAMES if (path := shutil.which(name)) is not None), None)


def what_is_missing(configured: str | None) -> str | None:
    """What must be installed before a page can be rendered, as one hint; None when all is there.

    Reads PATH and looks for packages; loads and starts nothing.
    """
    hints = []
    if any(find_spec(name) is None for name in _PACKAGES):
        hints.append("the extra is not installed (pip install 'clausewatch[render]')")
    if find_browser(configured) is None:
        where = f"there is no browser at {configured}" if configured else "there is no Chromium on PATH"
        hints.append(f"{where} (apt-get install chromium, or name one with [fetch] browser)")
    return f"pages cannot be rendered: {'; '.join(hints)}" if hints else None
