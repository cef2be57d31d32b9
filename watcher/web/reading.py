"""What the pages are made from: the store, the moment, and what was already worked out of this state of the history."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from storage.errors import ClausewatchError
from storage.model import Interest
from storage.protocol import Store
from watcher.stages import HERE, Stages

T = TypeVar("T")
log = logging.getLogger("clausewatch.web")
# How many values that hold whole texts are kept: each may be some megabytes.
LARGE = 24


class Shelf:
    """Keeps values that were made of one state of the history, the last used ones; safe in threads.

    A value is kept under the head of the chain that it was made at: when the history grows it is made anew.
    """

    def __init__(self, size: int = 256) -> None:
        """Keep at most `size` values."""
        self._size = size
        self._kept: OrderedDict[Hashable, tuple[str, object]] = OrderedDict()
        self._making: set[Hashable] = set()
        self._lock = threading.Lock()

    def get(self, state: str, key: Hashable, make: Callable[[], T], *, late: bool = False) -> T:
        """The value of that key at that state, made now if it is not kept. Two threads may both make it.

        With `late` a value of another state is given at once, and the right one is made in a thread of its own.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and (late or kept[0] == state):
                self._kept.move_to_end(key)
                if kept[0] != state and key not in self._making:
                    self._making.add(key)
                    threading.Thread(target=self._make_beside, args=(state, key, make), daemon=True).start()
                return cast("T", kept[1])
        return self._keep(state, key, make())

    def _make_beside(self, state: str, key: Hashable, make: Callable[[], object]) -> None:
        try:
            self._keep(state, key, make())
        except ClausewatchError as error:  # the next request that needs it says so to a person
            log.warning("%s", error)
        finally:
            with self._lock:
                self._making.discard(key)

    def _keep(self, state: str, key: Hashable, made: T) -> T:
        with self._lock:
            self._kept[key] = (state, made)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return made


@dataclass(frozen=True, slots=True)
class Reading:
    """One look into the store. `live` is True where a server answers, False for a folder of files.

    With `reviews` the pages tell what people did about changes; `interests` are the user's own topics and watches.
    """

    store: Store
    now: datetime
    shelf: Shelf = field(default_factory=Shelf)
    interests: tuple[Interest, ...] = ()
    stages: Stages = HERE
    reviews: bool = True
    live: bool = True
    large: Shelf = field(default_factory=lambda: Shelf(LARGE))

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self.now.astimezone(UTC).date()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that depends on the history alone, made once for each state of it."""
        return self.shelf.get(self.store.head(), key, make)

    def few(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for values that hold whole texts, of which few are kept."""
        return self.large.get(self.store.head(), key, make)

    def lately(self, key: Hashable, make: Callable[[], T]) -> T:
        """A value over the whole history that takes long to make. A server may answer with that of the state before.

        Then it is made anew beside, so that nobody waits for it but the first reader of all.
        """
        return self.shelf.get(self.store.head(), key, make, late=self.live)

    def soon(self, key: Hashable, make: Callable[[], T]) -> T:
        """A value that may be two seconds old: where sources stand, which every check changes."""
        state: Any = f"{int(self.now.timestamp()) // 2}{self.store.head()}"
        return self.shelf.get(state, key, make)
