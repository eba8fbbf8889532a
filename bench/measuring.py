"""How long something takes: CPU seconds of this process, or the least of several walls."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TRIES = 5


class Stopwatch:
    """Adds up CPU seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block takes under a name."""
        gc.collect()
        begun = time.process_time()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun


def least(act: Callable[[], Any], *, clock: Callable[[], float]) -> float:
    """Return the least of a few tries, after one that warms up what a process keeps."""
    act()
    found = []
    for _n in range(TRIES):
        begun = clock()
        act()
        found.append(clock() - begun)
    return min(found)


def resident_mb() -> float:
    """Return what the process holds now; where the system does not say, the most it ever held.

    What only waits to be collected is not held.
    """
    gc.collect()
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
