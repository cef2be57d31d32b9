"""The process of the browser: `python -m watcher.fetcher.browser.child`, with a socket as standard input.

It renders one page after the other and ends when the other side has gone. A page may keep it busy for ever: whoever
asks ends it then, with all that it has started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

from watcher.fetcher.browser.page import EndedError, Found, visit
from watcher.fetcher.browser.wish import Wish
from watcher.wire import receive, send

_LOOK = 1.0  # seconds between two looks whether the parent still lives
_SUBREAPER = 36  # prctl(2): processes whose parent has gone become children of this one
_SWITCHES = (
    "--disable-quic",  # and with it WebTransport: datagrams know no SOCKS
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--dns-prefetch-disable",
    "--no-pings",
    "--disable-3d-apis",
    "--disable-notifications",
    "--disable-speech-api",
    "--disable-crash-reporter",
    "--js-flags=--max-old-space-size=512",
    "--disk-cache-size=1048576",
)


def main() -> None:
    """Start the browser, say so, and serve until the other side has gone."""
    path, dead_end, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _stand_alone(folder)
    try:
        with sync_playwright() as playwright:
            browser = _launch(playwright, path, dead_end)
            session = browser.new_browser_cdp_session()
            agent = session.send("Browser.getVersion")["userAgent"]
            send(channel, {"ready": True, "version": browser.version, "agent": agent})
            _serve(channel, browser)
    except (EOFError, OSError):
        return
    except Error as error:
        with contextlib.suppress(OSError):
            send(channel, {"broken": _why(error)})
    except Exception:  # noqa: BLE001 - whatever it is, the parent must know
        with contextlib.suppress(OSError):
            send(channel, {"broken": traceback.format_exc()})


def _launch(playwright: Playwright, path: str, dead_end: int) -> Browser:
    """Start Chromium with no way out and no names: what it wants for itself (updates, accounts) leads nowhere."""
    return playwright.chromium.launch(
        executable_path=path,
        proxy={"server": f"socks5://127.0.0.1:{dead_end}", "bypass": "<-loopback>"},
        args=[*_SWITCHES, "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        chromium_sandbox=os.geteuid() != 0,  # Chromium refuses to have one when it runs as root
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


def _why(error: Error) -> str:
    """The line of playwright's report that says why Chromium ended; it comes with all its logs."""
    lines = [line.strip(" -") for line in error.message.splitlines()]
    telling = ("FATAL:", "sandbox is", "sandboxing failed", "process did exit", "")
    return next(line for word in telling for line in lines if word in line)


def _serve(channel: socket.socket, browser: Browser) -> None:
    while browser.is_connected():
        head, _ = receive(channel)
        try:
            found = visit(browser, Wish(**head))
        except EndedError as ended:
            found = Found({"ended": ended.told})
        send(channel, _sized(found), [found.body, found.picture])


def _sized(found: Found) -> dict[str, Any]:
    return found.told | {"sizes": [len(found.body), len(found.picture)]}


def _stand_alone(folder: str) -> None:
    """Leave signals to the parent, end with it, and be the first to go when memory is short.

    `folder` was made for this process alone, and goes with it where the parent cannot throw it away any more.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)  # the browser ends when this end of its pipe closes

    threading.Thread(target=look, daemon=True).start()


if __name__ == "__main__":
    main()
