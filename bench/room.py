"""The invigilator in a chaos run: resumes what the stepped clock paused, and pauses the room at times.

Over a line of their own that nothing spoils; the server's troubles are theirs as well.
"""

from __future__ import annotations

import asyncio
import random
import time

from bench.candidates import CandidateError
from bench.device import Device
from bench.hall import Seat
from bench.lines import Answer, Line, LineError
from bench.pages import found_in
from bench.rounds import Round

PATIENCE = 30.0
AGAIN = 0.3


class Invigilator:
    """The person at the board of one sitting."""

    def __init__(self, one: Round, port: int) -> None:
        self._address = f"/exams/rooms/{one.sitting}"
        seat = Seat(*one.invigilator, "")
        self._browser = Device(seat, Line(port), random.Random(0))
        self._names = {"login": seat.login, "password": seat.password}

    async def pause(self) -> None:
        """Pause everybody."""
        await self._until_done("pause", reason="消防演习")

    async def resume(self) -> bool:
        """Let everybody go on; False when within half a minute there was nobody to resume."""
        return await self._until_done("resume")

    async def _until_done(self, act: str, **fields: str) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if (await self._do(act, fields)).status == 302:
                    return True
            except LineError:
                pass  # the server is down; a page says so, and the button is pressed again
            await asyncio.sleep(AGAIN)
        return False

    async def _do(self, act: str, fields: dict[str, str]) -> Answer:
        """Open the act's page, signing in where needed, and press its button."""
        page = await self._browser.ask("GET", f"{self._address}/{act}")
        if page.status != 200:
            entrance = await self._browser.ask("GET", "/sign-in")
            if entrance.status != 200:  # signed in already: the server had another trouble
                raise LineError(f"{act}: {page.status}")
            token = found_in(entrance, "token")
            await self._browser.send("/sign-in", {**self._names, "csrf_token": token})
            page = await self._browser.ask("GET", f"{self._address}/{act}")
            if page.status != 200:
                raise LineError("not signed in")
        form = {**fields, "csrf_token": found_in(page, "token")}
        try:
            return await self._browser.send(f"{self._address}/{act}", form)
        except CandidateError:  # 409: nobody to do it to, a sentence on the page says so
            raise LineError("refused") from None
