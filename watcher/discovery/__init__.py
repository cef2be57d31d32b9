"""Which pages of a vendor are its legal documents: what a page says, where it leads, what it is. Pure.

Nothing in here asks the network: pages and addresses come in, judgements come out. `watcher.scout` does the walking.
"""

from __future__ import annotations
