"""A virtual candidate: speaks docs/exam-protocol.md and nothing else, and keeps a ledger.

The ledger holds what the server acknowledged (sequence -> slot, value). What became of it is
judged afterwards against the journal, by `bench.hall.count`.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.hall import Seat
from bench.lines import Answer, Line, LineError

HEARTBEAT = 20.0
"""Seconds without any exchange after which the page asks (`IDLE` in app/static/js/exam/exchange.js)."""
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
RULES = re.compile(r'name="rules"[^>]*value="([^"]+)"')
PAPER = re.compile(r'<script type="application/json" id="paper">(.*?)</script>', re.S)
Times = dict[str, list[float]]


class CandidateError(Exception):
    """The server did not do what the protocol says."""


@dataclass
class Candidate:
    """One person with one phone."""

    seat: Seat
    line: Line
    numbers: random.Random
    times: Times = field(default_factory=lambda: defaultdict(list))
    attempt: str = ""
    slots: list[tuple[int, str, list[str]]] = field(default_factory=list)
    sequence: int = 0
    sent: int = 0
    ledger: dict[int, tuple[int, Any]] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)

    async def sign_in(self) -> None:
        """Sign in; costs a password hash, so it is reported apart."""
        page = await self.line.get("/sign-in")
        fields = {"login": self.seat.login, "password": self.seat.password}
        fields["csrf_token"] = _found(TOKEN, page)
        _expect(self._note("sign in", await self.line.post_form("/sign-in", fields)), 302, 303)

    async def wait(self) -> None:
        """Open the waiting room and read from it what starting needs."""
        page = await self.line.get(f"/exams/sit/{self.seat.booking}")
        _expect(self._note("waiting room", page), 200)
        self.form = {"csrf_token": _found(TOKEN, page), "rules": _found(RULES, page)}

    async def start(self) -> None:
        """Press the button."""
        answer = await self.line.post_form(f"/exams/sit/{self.seat.booking}/start", self.form)
        _expect(self._note("start", answer), 303)

    async def read(self) -> None:
        """Load the answering page: the whole paper at once."""
        page = await self.line.get(f"/exams/sit/{self.seat.booking}/paper")
        _expect(self._note("paper", page), 200)
        paper = json.loads(_found(PAPER, page))
        self.attempt = paper["attempt"]
        self.slots = [
            (item["number"], item["kind"], [option["id"] for option in item["options"]])
            for group in paper["groups"]
            for item in group["items"]
            if item.get("options")
        ]

    async def change(self) -> None:
        """Change one answer and send it until it is acknowledged."""
        self.sequence += 1
        slot, kind, options = self.numbers.choice(self.slots)
        value: Any = self.numbers.choice(options)
        if kind == "multiple_choice":
            value = sorted(self.numbers.sample(options, 2))
        change = {"sequence": self.sequence, "slot": slot, "value": value, "at": 1}
        self.sent += 1
        for _try in range(20):
            try:
                answer = await self.line.post_json(self._path("answers"), {"changes": [change]})
            except LineError:
                await asyncio.sleep(1)
                continue
            if answer.status == 200 and self.sequence in answer.json()["stored"]:
                self._note("save", answer)
                self.ledger[self.sequence] = (slot, value)
                return
            if answer.status < 500:
                raise CandidateError(f"save: {answer.status} {answer.body[:200]!r}")
        raise CandidateError("a change was never acknowledged")

    async def ask(self) -> None:
        """Ask for the state, as an idle page does."""
        _expect(self._note("heartbeat", await self.line.get(self._path("state"))), 200)

    async def hand_in(self) -> None:
        """Hand in and see the receipt's address."""
        answer = await self.line.request("POST", self._path("hand-in"), b"", "application/json")
        _expect(self._note("hand in", answer), 303)

    async def work(self, seconds: float, mean_pause: float) -> None:
        """Answer for a while, and ask for the state every 20 s, at whatever pace answers come."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        change_at = loop.time() + self.numbers.expovariate(1 / mean_pause)
        ask_at = loop.time() + self.numbers.uniform(0, HEARTBEAT)
        while min(change_at, ask_at) < end:
            await asyncio.sleep(max(0.0, min(change_at, ask_at) - loop.time()))
            if change_at <= ask_at:
                await self.change()
                change_at = loop.time() + self.numbers.expovariate(1 / mean_pause)
            else:
                await self.ask()
            ask_at = loop.time() + HEARTBEAT

    def _path(self, what: str) -> str:
        return f"/exams/attempts/{self.attempt}/{what}"

    def _note(self, step: str, answer: Answer) -> Answer:
        self.times[step].append(answer.seconds)
        return answer


def _expect(answer: Answer, *statuses: int) -> None:
    if answer.status not in statuses:
        raise CandidateError(f"{answer.status} instead of {statuses}: {answer.body[:300]!r}")


def _found(pattern: re.Pattern[str], page: Answer) -> str:
    found = pattern.search(page.body.decode("utf-8"))
    if found is None:
        raise CandidateError(f"{page.status}: the page lacks {pattern.pattern}")
    return found[1]
