"""A candidate in a chaos run: enters, answers on a phone that fails in every way, and leaves.

Four habits: hands in early, at zero (as the page does by itself), never (a script that broke), or
vanishes with changes on the phone and comes back when all is over. Whatever happens, in the end the
phone is online again and sends until nothing waits.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bench.candidates import CandidateError
from bench.device import DAY, Device
from bench.lines import LineError
from bench.pages import found_in

HABITS = ("early", "zero", "zero", "never", "vanishes")
WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
BEAT = 2.0
"""Seconds between two signs of life: a tenth of the page's, as the whole run is short."""
DRAIN = 90.0
CLOCK, FULL, RELOAD, OFFLINE = (
    "device clock wrong by a day",
    "device storage full",
    "page reloaded",
    "device offline",
)
TROUBLES = (CLOCK, FULL, RELOAD, OFFLINE)


@dataclass
class Sitter:
    """One person with one phone; `hurry` divides the protocol's waiting times."""

    device: Device
    habit: str
    numbers: random.Random
    happened: Counter[str]
    hurry: float = 4.0
    trouble: float = 0.12
    started: asyncio.Event = field(default_factory=asyncio.Event)
    started_at: float = 0.0
    broke_off: str = ""
    _failures: int = 0

    async def enter(self) -> None:
        """Sign in and open the waiting room, until both worked."""
        await self.until_it_works(self._sign_in)

    async def _sign_in(self) -> None:
        seat = self.device.seat
        page = await self.device.ask("GET", "/sign-in")
        if page.status == 200:
            form = {"login": seat.login, "password": seat.password}
            await self.device.send("/sign-in", {**form, "csrf_token": found_in(page, "token")})
        if (await self.device.ask("GET", "/exams/mine")).status != 200:
            raise LineError("not signed in")

    async def start(self) -> None:
        """Press the button until the paper is there."""
        await self.until_it_works(self._start)
        self.started_at = time.monotonic()
        self.started.set()

    async def _start(self) -> None:
        address = f"/exams/sit/{self.device.seat.booking}"
        page = await self.device.ask("GET", address)
        if page.status == 200:  # else it has begun already, and a reply was lost
            form = {"csrf_token": found_in(page, "token"), "rules": found_in(page, "rules")}
            await self.device.send(f"{address}/start", form)
        await self.device.load()

    async def sit(self) -> None:
        """Work until the end, drain, and look at the receipt."""
        device = self.device
        leaves_at = self._moment_to_leave()
        beat_at = time.monotonic()
        while device.state == "open":
            running = device.paused is None  # while the clock stands nobody hands in by it
            if running and leaves_at is not None and device.seconds_left() <= leaves_at:
                break
            # What could not be written down is saved before anything else is answered.
            answers = device.seconds_left() > 0 and not device.unsaved
            if answers and self.numbers.random() < 0.5:
                for _change in range(self.numbers.choice((1, 1, 1, 2, 4))):
                    device.choose()
            await self._perhaps_trouble()
            if device.waits:
                await self._try(device.deliver)
            elif time.monotonic() >= beat_at:
                await self._try(device.beat)
                beat_at = time.monotonic() + BEAT
            await asyncio.sleep(self.numbers.uniform(0.2, 1.0))
        await self._leave()

    def _moment_to_leave(self) -> float | None:
        """Return with how many seconds left this person leaves; None: not by themselves."""
        whole = max(1.0, self.device.seconds_left())
        if self.habit == "never":
            return None
        return 0.0 if self.habit == "zero" else self.numbers.uniform(0.1, 0.5) * whole

    async def _leave(self) -> None:
        device = self.device
        device.storage.full = False
        if self.habit == "vanishes" and device.state == "open":
            for _change in range(3):
                device.choose()
            device.offline = True
            while device.paused is not None or device.seconds_left() > -device.grace - 1:
                await asyncio.sleep(0.5)
                if device.paused is not None:  # the phone died in a pause; it comes back earlier
                    break
        device.offline = False
        await self.drain()
        if self.habit in ("early", "zero") and device.attempt:
            await self.until_it_works(device.hand_in)
        while device.state == "open":
            await self.until_it_works(device.beat)
            await asyncio.sleep(BEAT / 2)
        await self.drain()
        if device.attempt:  # handing in ends a pause: what the account says now
            await self.until_it_works(device.beat)
        await self.until_it_works(device.see_receipt)
        device.line.hang_up()

    async def drain(self) -> None:
        """Send until nothing waits."""
        until = time.monotonic() + DRAIN
        while self.device.waits and time.monotonic() < until:
            await self.until_it_works(self.device.deliver)

    async def _perhaps_trouble(self) -> None:
        if self.numbers.random() >= self.trouble:
            return
        device, kind = self.device, self.numbers.choice(TROUBLES)
        self.happened[kind] += 1
        if kind == CLOCK:
            device.clock_error = self.numbers.choice((-DAY, 0, DAY))
        elif kind == FULL:
            device.storage.full = True
            self._later(self._made_room)
        elif kind == RELOAD:
            device.line.hang_up()
            await self.until_it_works(device.load)
        else:
            device.offline = True
            self._later(self._online)

    def _later(self, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(self.numbers.uniform(1, 5), act)

    def _online(self) -> None:
        self.device.offline = False

    def _made_room(self) -> None:
        self.device.storage.full = False

    async def _try(self, act: Callable[[], Awaitable[None]]) -> None:
        """Exchange once; after a failure wait as the protocol says, divided by `hurry`."""
        try:
            await act()
        except LineError:
            wait = WAITS[min(self._failures, len(WAITS) - 1)] / self.hurry
            self._failures += 1
            await asyncio.sleep(wait * self.numbers.uniform(0.75, 1.25))
        else:
            self._failures = 0

    async def until_it_works(self, act: Callable[[], Awaitable[None]]) -> None:
        """Try again and again. Raises CandidateError when it never works."""
        until = time.monotonic() + DRAIN
        while time.monotonic() < until:
            await self._try(act)
            if not self._failures:
                return
        raise CandidateError(f"never worked: {act}")
