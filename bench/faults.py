"""Which faults befall the server, when, and in what order: from a seed; one after another.

Line faults are in `wire`, those of a phone in `behaving`.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.behaving import Sitter
from bench.room import Invigilator
from bench.service import Service

WORKER, JOBS, SERVER = "worker killed", "job worker killed", "server killed"
DATABASE, DISK = "database restarted", "disk full"
FORWARD, BACK, PAUSE = "clock stepped forward", "clock stepped back", "room paused"
UNSEEN = "clock stepped, job worker dead"
NEED_WRITERS = (DISK, FORWARD, BACK, UNSEEN, PAUSE)
STEPS = (7, 40, 95, 1800, 3600)
"""Seconds of a step; more than the two that a clock may drift unnoticed."""
OUT = (0.2, 1.5)
"""How long the database or the server stays away, seconds."""


@dataclass
class Faults:
    """The faults of one round, and what was seen of them."""

    service: Service
    invigilator: Invigilator
    sitters: Sequence[Sitter]
    numbers: random.Random
    happened: Counter[str]
    full: list[tuple[float, float]] = field(default_factory=list)
    """From when to when (monotonic) the disk was full."""
    unnoticed: int = 0
    """Steps of the clock after which nobody was paused."""
    ended: list[float] = field(default_factory=list)
    """When each fault was over: from then on the server has to recover."""

    def kinds(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """Return what can happen here."""
        found: dict[str, Callable[[], Awaitable[None]]] = {
            WORKER: self._kill_worker,
            JOBS: self._kill_jobs,
            SERVER: self._kill_server,
            DISK: self._fill_disk,
            PAUSE: self._pause,
        }
        if self.service.cluster is not None:
            found[DATABASE] = self._restart_database
        if self.service.faked:
            found |= {FORWARD: lambda: self._step(1), BACK: lambda: self._step(-1)}
            found[UNSEEN] = self._step_unseen
        return found

    async def happen(self, kinds: Sequence[str], seconds: float) -> None:
        """Let these faults happen, spread over so many seconds."""
        acts = self.kinds()
        began = time.monotonic()
        for number, kind in enumerate(kinds):
            due = began + seconds * (number + self.numbers.uniform(0.3, 1.0)) / len(kinds)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            sys.stderr.write(f"{time.monotonic() - began:6.1f} s {kind}\n")
            if kind in NEED_WRITERS and not self._writing():
                continue  # all have finished already
            await acts[kind]()
            self.happened[kind] += 1
            self.ended.append(time.monotonic())

    async def _kill_worker(self) -> None:
        self.service.kill_a_worker(self.numbers)

    async def _kill_jobs(self) -> None:
        self.service.kill_jobs()
        self.service.start()
        await self.service.ready()

    async def _kill_server(self) -> None:
        self.service.kill()
        await asyncio.sleep(self.numbers.uniform(*OUT))
        self.service.start()
        await self.service.ready()

    async def _restart_database(self) -> None:
        cluster = self.service.cluster
        assert cluster is not None
        cluster.break_off()
        await asyncio.sleep(self.numbers.uniform(*OUT))
        cluster.start_again()
        while not cluster.is_ready():
            await asyncio.sleep(0.1)

    async def _fill_disk(self) -> None:
        began = time.monotonic()
        until = began + self.numbers.uniform(1.5, 4)
        while time.monotonic() < until:  # again and again: new processes are born with room
            self.service.fill_disk()
            await asyncio.sleep(0.2)
        self.service.free_disk()
        self.full.append((began, time.monotonic()))

    def _writing(self) -> bool:
        """Tell whether somebody writes who does not leave in the next moment."""
        return any(
            one.device.state == "open" and not one.device.offline and one.device.seconds_left() > 2
            for one in self.sitters
        )

    async def _pause(self) -> None:
        await self.invigilator.pause()
        await asyncio.sleep(self.numbers.uniform(0.5, 2))
        await self.invigilator.resume()

    async def _step_unseen(self) -> None:
        """Step the clock while nobody watches it: the next worker has to find it."""
        self.service.kill_jobs()
        self.service.step_clock(self.numbers.choice((1, -1)) * self.numbers.choice(STEPS))
        await asyncio.sleep(self.numbers.uniform(*OUT))
        self.service.start()
        await self.service.ready()
        await self._look_for_pause()

    async def _step(self, sign: int) -> None:
        self.service.step_clock(sign * self.numbers.choice(STEPS))
        await self._look_for_pause()

    async def _look_for_pause(self) -> None:
        if not await self.invigilator.resume() and self._writing():
            self.unnoticed += 1


def drawn(numbers: random.Random, kinds: Sequence[str], seconds: float) -> list[str]:
    """Draw a round's faults: each kind once, then any, about one in four seconds.

    Those that are nothing without people who write come in the first two thirds.
    """
    chosen = list(kinds) + numbers.choices(list(kinds), k=max(0, int(seconds / 4) - len(kinds)))
    numbers.shuffle(chosen)
    first = [kind for kind in chosen if kind in NEED_WRITERS]
    rest = [kind for kind in chosen if kind not in NEED_WRITERS]
    early, late = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    mixed = first + early
    numbers.shuffle(mixed)
    return mixed + late
