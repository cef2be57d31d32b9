"""A source's address into a `Capture`: bounded in time, bytes and hops, and typed in every way that it can fail.

`HttpFetcher.fetch` (in `watcher.fetcher.http`) returns one of three values and raises for none of them: a `Capture`
(the page, whole and decoded), `NotModified` (the page is the one of the state: the server vouches for it, or, as
`SameBody`, its encoded bytes are), or a
`FetchFailure` with its `Reason`. Nothing in here retries: when to look again is the schedule's affair.

The package itself gives the values alone: the configuration and the reading commands need them, and must not wait for
a whole HTTP client to be imported.
"""

from __future__ import annotations

from watcher.fetcher.outcome import PLAIN, FetchFailure, FetchSettings, Manner, NotModified, SameBody

__all__ = ["PLAIN", "FetchFailure", "FetchSettings", "Manner", "NotModified", "SameBody"]
