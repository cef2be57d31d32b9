"""How much one page may cost, and how a process holds itself to it."""

from __future__ import annotations

import math
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

# Elsewhere pages are judged in the process that asks.
CAN_BOUND = os.name == "posix"
if CAN_BOUND:
    import resource

# How often a process at work looks whether anybody still waits for its answer, in seconds.
_LOOK = 1.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one step of judging one page may take.

    `memory` is the address space of the process in bytes, `seconds` its processor time, `deadline` seconds of the
    clock: far above `seconds`, for a busy machine must not decide what can be read. After `calls` steps, or when a step
    leaves more than half of the memory in use, the process is replaced.
    """

    memory: int = 512 << 20
    seconds: int = 10
    deadline: float = 120.0
    calls: int = 5000


def bound_memory(limits: Limits) -> None:
    """Bound the address space of this process, and leave no core file. Soft, so that a child may have its own."""
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a tighter one is set already
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def bound_time(limits: Limits) -> None:
    """Give this process `seconds` from now on; it dies by SIGXCPU when they are over."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = math.ceil(used.ru_utime + used.ru_stime + limits.seconds)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def memory_used() -> int:
    """The address space of this process in bytes; 0 where the system does not tell.

    The peak that `getrusage` tells is no use: a process begins with that of the one that started it.
    """
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def stand_alone() -> None:
    """Leave signals to the parent, which ends this process by closing its channel."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    parent = os.getppid()

    def look(_number: int, _frame: FrameType | None) -> None:
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)  # with what a step may have started

    signal.signal(signal.SIGALRM, look)


def watch_parent(*, on: bool) -> None:
    """Look now and then whether the parent is still there, while a step is under way."""
    signal.setitimer(signal.ITIMER_REAL, _LOOK if on else 0, _LOOK if on else 0)
