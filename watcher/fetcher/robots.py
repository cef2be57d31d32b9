"""robots.txt: what an origin lets us ask for (RFC 9309), read by protego.

Pure: `learn` says what an answer to the question for /robots.txt means, `fresh` how long it holds, and `Rules` judges
an address. Who asks, and where it is kept, is `politeness`'s affair.

The file belongs to a stranger, and protego stores each rule once for every agent that its group names: twenty thousand
agents over thirty thousand rules would cost minutes and gigabytes. So all agents but ours and "*" are made one before
it reads the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from protego import Protego

from storage.model import Capture, HostState, Reason, RobotsAnswer
from watcher.fetcher.outcome import FetchFailure, NotModified

# The product token that a group is matched with (RFC 9309, 2.2.1).
TOKEN = "clausewatch"  # noqa: S105 - a name, no secret
# How much of a robots.txt is read: the least that RFC 9309 asks for (2.5).
MAX_BYTES = 500 * 1024
# How long an answer is believed (2.4), and how long a file that cannot be had forbids everything (2.3.1.4).
FRESH = timedelta(hours=24)
UNREACHABLE = timedelta(days=30)
# A file that cannot be had is asked for again after as long as it has been missing already, within these.
FIRST_RETRY = timedelta(minutes=5)
LAST_RETRY = timedelta(hours=6)
# No wish for a pause between requests is honoured beyond this: it would leave no time for the other pages.
LONGEST_DELAY = 60.0

_AGENT = re.compile(r"[ \t]*user[- ]?agent[ \t]*[: \t][ \t]*([^#]*)", re.IGNORECASE)
_PRODUCT = re.compile(r"[A-Za-z_-]+")
# Redirects that lead nowhere mean that there is none (2.3.1.2).
_NONE = frozenset({Reason.REDIRECT, Reason.BLOCKED_SCHEME, Reason.GONE})


class Rules:
    """The rules of one robots.txt for us."""

    __slots__ = ("_parsed", "delay")

    def __init__(self, text: str) -> None:
        """Read the file; whatever it is, it has some meaning (a page of HTML: everything is allowed)."""
        self._parsed = Protego.parse(_for_us(text))
        self.delay = _delay(self._parsed)

    def allow(self, url: str) -> bool:
        """Whether an address may be asked for; path and query decide, the longest rule wins (2.2.2)."""
        return bool(self._parsed.can_fetch(url, TOKEN))


def learn(known: HostState, answer: Capture | NotModified | FetchFailure, now: datetime) -> HostState:
    """What is known of an origin once its robots.txt was asked for.

    Status 4xx means that there is none, but for 429, which speaks of the number of questions. Anything else that is no
    file (5xx, no connection) means that nothing may be asked; the last file that could be read stays in force.
    """
    settled = replace(known, robots_at=now, unreachable_since=None, reason=None, detail=None, lasting=False)
    if isinstance(answer, Capture):
        return replace(settled, robots=RobotsAnswer.RULES, rules=_text(answer.body))
    if isinstance(answer, NotModified) or answer.reason in _NONE or _unavailable(answer):
        return replace(settled, robots=RobotsAnswer.NONE, rules=None)
    return replace(
        known,
        robots=RobotsAnswer.UNREACHABLE,
        robots_at=now,
        unreachable_since=known.unreachable_since or now,
        reason=answer.reason,
        detail=answer.detail,
        lasting=not answer.transient,
    )


def fresh(known: HostState, now: datetime) -> bool:
    """Whether the robots.txt of an origin need not be asked for again. A clock that was set back makes it stale."""
    if known.robots is None or known.robots_at is None or known.robots_at > now:
        return False
    wait = FRESH
    if known.robots is RobotsAnswer.UNREACHABLE:
        missing = known.robots_at - (known.unreachable_since or known.robots_at)
        wait = min(max(missing, FIRST_RETRY), LAST_RETRY)
    return now - known.robots_at < wait


def forbids_all(known: HostState, now: datetime) -> bool:
    """Whether nothing may be asked since the robots.txt cannot be had and never could; for 30 days at most."""
    missing = known.robots is RobotsAnswer.UNREACHABLE and known.rules is None
    return missing and now - (known.unreachable_since or now) < UNREACHABLE


def _unavailable(answer: FetchFailure) -> bool:
    return answer.status is not None and 400 <= answer.status < 500 and answer.status != 429


def _text(body: bytes) -> str:
    """The file as text, cut at the limit to whole lines."""
    if len(body) > MAX_BYTES:
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    return body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\0", "")


def _for_us(text: str) -> str:
    """The file with every agent but us and "*" under one other name; groups stay as they are."""
    lines = []
    for line in text.splitlines():
        agent = _AGENT.match(line)
        lines.append(line if agent is None else f"User-agent: {_agent(agent[1].strip())}")
    return "\n".join(lines)


def _agent(value: str) -> str:
    if value == "*":
        return value
    product = _PRODUCT.match(value)
    return TOKEN if product is not None and product[0].lower() == TOKEN else "others"


def _delay(parsed: Protego) -> float:
    """The seconds between two requests that Crawl-delay and Request-rate ask for, capped."""
    delay = parsed.crawl_delay(TOKEN) or 0.0
    rate = parsed.request_rate(TOKEN)
    if rate is not None:
        delay = max(delay, min(rate.seconds, 86_400) / rate.requests)
    return min(delay, LONGEST_DELAY)
