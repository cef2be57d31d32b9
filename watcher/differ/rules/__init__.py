"""Named rules that weigh a change of meaning: what it is called, how grave it is, and for whom it is good.

high: more risk for the reader or a protection lost; medium: another material change; low: a small fact. Each rule
looks at the words a clause lost and gained; all that fire are told, the gravest decides.
"""

from __future__ import annotations

from watcher.differ.rules.find import find_rules
from watcher.differ.rules.finding import Case, Finding

__all__ = ["Case", "Finding", "find_rules"]
