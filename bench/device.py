"""A phone in a chaos run: the journal, the retries and the clock of docs/exam-protocol.md, §§ 2-5.

It knows the protocol only. Beside it stands a `Record`, which no fault reaches: what was ever chosen,
what was sent and how it was acknowledged. The judge compares that with the server's rows.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bench.candidates import CandidateError
from bench.hall import Seat
from bench.lines import Answer, Line, LineError
from bench.pages import found_in

AT_ONCE = 50
PATIENCE = 15.0
"""Seconds after which a phone gives a request up."""
DAY = 86_400_000


class StorageFullError(Exception):
    """The change could not be written to what survives a reload."""


@dataclass(frozen=True)
class Change:
    """One change of one answer; `at` is the phone's own clock in milliseconds."""

    sequence: int
    slot: int
    value: Any
    at: int


@dataclass
class Storage:
    """What survives a reload of the page: the changes that still wait."""

    waiting: dict[int, Change] = field(default_factory=dict)
    full: bool = False

    def keep(self, change: Change) -> None:
        """Write a change down. Raises StorageFullError."""
        if self.full:
            raise StorageFullError
        self.waiting[change.sequence] = change


@dataclass
class Record:
    """What really happened to a phone, for the judge."""

    made: dict[int, list[Change]] = field(default_factory=lambda: defaultdict(list))
    """By sequence; more than one where a reload with full storage forgot the first."""
    acknowledged: dict[int, tuple[str, Change]] = field(default_factory=dict)
    """By sequence: `stored`, `late`, or the code of a refusal, and what was acknowledged."""
    handed_in: bool = False
    """It pressed the button and was answered."""
    receipts: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """Answers that the protocol does not know."""
    saves: list[tuple[float, int]] = field(default_factory=list)
    """Each delivery that was answered: when (monotonic), and the status."""


class Device:
    """One phone of one candidate."""

    def __init__(self, seat: Seat, line: Line, numbers: random.Random) -> None:
        self.seat, self.line, self.numbers = seat, line, numbers
        self.storage, self.record = Storage(), Record()
        self.unsaved: list[Change] = []
        """Shown as not saved: only in memory, because nothing survives here."""
        self.attempt = ""
        self.slots: list[tuple[int, str, list[str]]] = []
        self.next_sequence = 1
        self.clock_error = 0
        """By how many milliseconds the phone's own clock is wrong."""
        self.offline = False
        self.state, self.deadline, self.grace = "open", 0, 0
        self.paused: int | None = None
        self._offset = 0.0

    def seconds_left(self) -> float:
        """Return the time left as the page shows it: the server's clock, never the phone's."""
        now = self.paused or time.monotonic() * 1000 + self._offset
        return (self.deadline - now) / 1000

    @property
    def waits(self) -> list[Change]:
        """What is not acknowledged, the oldest first."""
        both = {**self.storage.waiting, **{one.sequence: one for one in self.unsaved}}
        return [both[sequence] for sequence in sorted(both)]

    async def load(self) -> None:
        """Load the answering page: after the start, and again after each reload."""
        self.unsaved = []
        page = await self.ask("GET", f"/exams/sit/{self.seat.booking}/paper")
        if page.status in (302, 303):
            self.state = "handed_in"
            return
        paper = json.loads(found_in(page, "paper"))
        self.attempt = paper["attempt"]
        self.slots = [
            (item["number"], item["kind"], [option["id"] for option in item["options"]])
            for group in paper["groups"]
            for item in group["items"]
            if item.get("options")
        ]
        # One more than all that waits here, also where the server has not seen it yet.
        self.next_sequence = max([paper["next_sequence"], *(n + 1 for n in self.storage.waiting)])
        self._learn(paper, page.seconds)

    def choose(self) -> None:
        """Change one answer: into the storage first, or else shown as not saved."""
        slot, kind, options = self.numbers.choice(self.slots)
        value: Any = self.numbers.choice(options)
        if kind == "multiple_choice":
            value = sorted(self.numbers.sample(options, self.numbers.randint(1, len(options))))
        if self.numbers.random() < 0.08:
            value = None
        self._make(slot, value)

    def _make(self, slot: int, value: Any) -> None:
        at = int(time.time() * 1000) + self.clock_error
        change = Change(self.next_sequence, slot, value, at)
        self.next_sequence += 1
        self.record.made[change.sequence].append(change)
        try:
            self.storage.keep(change)
        except StorageFullError:
            self.unsaved.append(change)

    async def deliver(self) -> None:
        """Send what waits, in any order. Raises LineError when it is not known what became of it."""
        batch = self.waits[:AT_ONCE]
        changes = [vars(one) for one in batch]
        self.numbers.shuffle(changes)
        body = json.dumps({"changes": changes}).encode()
        answer = await self.ask("POST", self.path("answers"), body)
        told = answer.json()
        self._learn(told, answer.seconds)
        fates = [(n, fate) for fate in ("stored", "late") for n in told[fate]]
        fates += [(one["sequence"], one["code"]) for one in told["refused"]]
        if sorted(n for n, _fate in fates) != [one.sequence for one in batch]:
            self.record.wrong.append(f"sent {[one.sequence for one in batch]}, told {fates}")
        by_sequence = {one.sequence: one for one in batch}
        for sequence, fate in fates:
            self._acknowledged(by_sequence[sequence], fate)

    def _acknowledged(self, change: Change, fate: str) -> None:
        self.storage.waiting.pop(change.sequence, None)
        self.unsaved = [one for one in self.unsaved if one.sequence != change.sequence]
        if fate == "conflict":
            self._make(change.slot, change.value)
            return
        self.record.acknowledged[change.sequence] = (fate, change)

    async def beat(self) -> None:
        """Ask for the state, as an idle page does."""
        answer = await self.ask("GET", self.path("state"))
        self._learn(answer.json(), answer.seconds)

    async def hand_in(self) -> None:
        """Press the last button."""
        answer = await self.ask("POST", self.path("hand-in"))
        if answer.status == 303:
            self.record.handed_in, self.state = True, "handed_in"

    async def see_receipt(self) -> None:
        """Look at the receipt and note its code."""
        page = await self.ask("GET", f"/exams/sit/{self.seat.booking}/receipt")
        if page.status == 200:
            self.record.receipts.add(found_in(page, "receipt"))

    async def send(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form; raises like `ask`."""
        kind = "application/x-www-form-urlencoded"
        return await self.ask("POST", path, urlencode(form).encode(), kind)

    async def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> Answer:
        """Send one request. Raises LineError for no answer in time and for a server in trouble.

        Raises CandidateError for what the protocol does not allow.
        """
        if self.offline:
            raise LineError("no network")
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self.line.request(method, path, body, kind)
        except TimeoutError:
            self.line.hang_up()
            raise LineError("no answer in time") from None
        if path.endswith("/answers"):
            self.record.saves.append((time.monotonic(), answer.status))
        if answer.status >= 500 or answer.status == 429:
            raise LineError(f"the server says {answer.status}")
        if answer.status >= 400 or (answer.status != 200 and path.endswith(("answers", "state"))):
            self.record.wrong.append(f"{method} {path}: {answer.status}")
            raise CandidateError(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
        return answer

    def path(self, what: str) -> str:
        """Return the address of an act of the attempt."""
        return f"/exams/attempts/{self.attempt}/{what}"

    def _learn(self, told: dict[str, Any], seconds: float) -> None:
        self._offset = told["now"] + seconds * 500 - time.monotonic() * 1000
        self.deadline, self.grace = told["deadline"], told["grace"]
        self.paused, self.state = told["paused"], told["state"]
