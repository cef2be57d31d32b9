"""Many workers on one store in PostgreSQL: who does what stands in a queue in the same database (procrastinate).

One check is done by the loop of one machine (`watcher.worker`), one delivery by `notifier.deliver`; here is only what
shares them out: jobs, turns at hosts, and the taking over from workers that died. Needs the extra `server`.
"""

from __future__ import annotations
