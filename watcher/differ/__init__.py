"""Two documents into a comparison, and one document into facts. Pure: no network, no clock, no database.

Both are imported when they are first asked for: who reads the history needs single words of this package, and loading
all its rules takes as long as the answer.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.differ.compare import compare  # noqa: TC004 - offered by the class below
    from watcher.differ.facts import find_facts  # noqa: TC004 - offered by the class below

__all__ = ["compare", "find_facts"]


class _Offers(ModuleType):
    """This package. `compare` is the function, also where the module of that name was imported by itself before."""

    @property
    def compare(self) -> Any:
        return importlib.import_module("watcher.differ.compare").compare

    @compare.setter
    def compare(self, module: object) -> None:
        """Python hangs a module onto its package when it is imported; here nothing is to be seen of that."""

    @property
    def find_facts(self) -> Any:
        return importlib.import_module("watcher.differ.facts").find_facts


sys.modules[__name__].__class__ = _Offers
