"""What each reason means and what a person can do about it, in a sentence each."""

from __future__ import annotations

from storage.model import Reason

# Where the fault may well lie with this machine, when it strikes several hosts at once.
NETWORK = frozenset({Reason.DNS, Reason.CONNECT, Reason.TIMEOUT, Reason.RESET, Reason.TLS})

_WALL = "Use another public address of the document (its PDF will do), or ask the vendor for one."
_READ = "Run clausewatch sources test and look at the page; ask the vendor for a page or a PDF with text."
_WAIT = "Wait; if it stays, tell the vendor."

REMEDIES: dict[Reason, tuple[str, str]] = {
    Reason.ERROR_PAGE: (
        "an error page that came with status 200",
        "Open the address; has the document moved, correct it.",
    ),
    Reason.BOT_WALL: ("a page that asks whether you are a robot", _WALL),
    Reason.LOGIN: ("a page that asks for a password", _WALL),
    Reason.COOKIE_WALL: ("nothing but a request for consent", _WALL),
    Reason.MAINTENANCE: ("a page that promises to be back soon", _WAIT),
    Reason.EMPTY: ("a page without text", "Look for a print view; the text may be filled in by JavaScript."),
    Reason.TRUNCATED: ("a page that lost its end", _WAIT),
    Reason.OTHER_LANGUAGE: (
        "another language than before",
        "Give the address of the right language, or set language to the new one.",
    ),
    Reason.OTHER_DOCUMENT: ("a page that is not the document", "Open the address; correct url or select."),
    Reason.UNCONFIRMED: (
        "a page that says something else each time",
        "Open the address; leave out what moves with remove.",
    ),
    Reason.TIMEOUT: ("the page is not there in time", "Wait, or raise deadline in [fetch]."),
    Reason.DNS: ("the name of the host is not known", "Look at the address and at the name server of this machine."),
    Reason.CONNECT: ("no connection to the host", "Look at the network of this machine; else wait."),
    Reason.RESET: ("the server breaks the connection", _WAIT),
    Reason.TLS: (
        "no TLS connection, or a certificate that is not valid",
        "Wait; tell the vendor. Certificates are always checked.",
    ),
    Reason.PROTOCOL: (
        "an answer that breaks the rules of HTTP",
        "Look with clausewatch sources test; tell the vendor.",
    ),
    Reason.REDIRECT: ("redirects that lead nowhere", "Give the address where the document is."),
    Reason.TOO_LARGE: ("a page larger than max_bytes", "Raise max_bytes in [fetch] if it is the document."),
    Reason.BAD_ENCODING: ("a body that cannot be unpacked", _WAIT),
    Reason.BLOCKED_SCHEME: ("a redirect to what is not http or https", "Correct the address."),
    Reason.BLOCKED_ADDRESS: ("an address that is not fetched", "Correct the address, or allow its network in [fetch]."),
    Reason.HTTP_STATUS: (
        "a status other than 200",
        "5xx: wait. 401, 403 or 451: the site keeps programs out; set contact, use another address.",
    ),
    Reason.RATE_LIMITED: (
        "the server asks to be left alone for a while",
        "Wait; check the sources of this host less often.",
    ),
    Reason.GONE: ("status 404 or 410", "Find out where the document went and correct the address."),
    Reason.SELECTOR_MISSING: ("nothing on the page matches select", "The page was rebuilt: choose new selectors."),
    Reason.EXTRACT_FAILED: ("no text can be taken out of the page", _READ),
    Reason.ROBOTS: (
        "the robots.txt of the host disallows the page, or cannot be had",
        "Ask the vendor for leave, or set robots = false for this source if you have it.",
    ),
    Reason.BROWSER: (
        "the browser that renders the page cannot be had, or failed",
        "Look whether Chromium and the extra render are installed; else look for a page without JavaScript.",
    ),
    Reason.INTERNAL: (
        "a defect of clausewatch met this page",
        "Run again with --debug, and report it with the kept page.",
    ),
}
UNKNOWN = ("no good check", "Look at the checks of the source.")


def meaning(reason: Reason | None) -> str:
    """What a reason means."""
    return REMEDIES.get(reason, UNKNOWN)[0] if reason else UNKNOWN[0]


def remedy(reason: Reason | None) -> str:
    """What to do about it."""
    return REMEDIES.get(reason, UNKNOWN)[1] if reason else UNKNOWN[1]
