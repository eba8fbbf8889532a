"""A bad line between virtual phones and the server: cuts, slows, repeats and delays what goes through.

A TCP relay of ours that knows where an HTTP message ends, so that it can fail at a chosen point. It
decides by its own random numbers and never alters a byte of what it lets through.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Coroutine
from typing import Any

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.I)
TROUBLED = re.compile(rb"[A-Z]+ /exams/(attempts/|sit/[^/]+/(start|paper))")
"""What the line may spoil; a sign-in only goes through."""
BEFORE = "cut before send"
HALF = "cut within the request"
AFTER = "cut after send"
LATER = "cut, request arrives late"
HALF_REPLY = "cut within the reply"
REPLY = "cut after reply"
SLOW = "slow line"
TWICE = "request sent twice"
FATES = (BEFORE, HALF, AFTER, LATER, HALF_REPLY, REPLY, SLOW, TWICE)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """A port of its own that leads to the server, more or less well."""

    def __init__(self, target: int, numbers: random.Random, rate: float) -> None:
        """`target`: the server's port. `rate`: the share of requests that something befalls."""
        self.target, self.rate = target, rate
        self.happened: Counter[str] = Counter()
        self._numbers = numbers
        self._under_way: set[asyncio.Task[None]] = set()
        self._phones: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Begin to listen; returns the port."""
        self._server = await asyncio.start_server(self._rings, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def settle(self) -> None:
        """Wait until nothing sent earlier can arrive any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Listen no longer, and hang up."""
        if self._server is not None:
            self._server.close()
        for phone in self._phones:
            phone.cancel()
        await asyncio.gather(*self._phones, return_exceptions=True)

    def _rings(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._phone(reader, writer))
        self._phones.add(task)
        task.add_done_callback(self._phones.discard)

    async def _phone(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server: Streams | None = None
        try:
            while True:
                request = await message(reader)
                server = server or await self._connect()
                if not await self._pass(request, server, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one side hung up: so does the other
        finally:
            for one in (writer, server[1] if server else None):
                if one is not None:
                    one.close()

    async def _connect(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.target)

    async def _pass(self, request: bytes, server: Streams, phone: asyncio.StreamWriter) -> bool:
        """Let one request through, or not; tell whether the phone's line still stands."""
        fate = self._fate(request)
        if fate == BEFORE:
            return False
        if fate == HALF:
            server[1].write(request[: len(request) // 2])
            await server[1].drain()
            return False
        if fate in (AFTER, LATER):
            wait = self._numbers.uniform(1, 4) if fate == LATER else 0.0
            self._go(self._deliver(request, wait))
            return False
        if fate == TWICE:
            self._go(self._deliver(request, self._numbers.choice((0.0, 0.1, 1.0, 3.0))))
        if fate == SLOW:
            await asyncio.sleep(self._numbers.uniform(0.2, 2.5))
        server[1].write(request)
        await server[1].drain()
        reply = await message(server[0])
        if fate == HALF_REPLY:
            phone.write(reply[: len(reply) // 2])
        elif fate == SLOW:
            await self._dribble(reply, phone)
        else:
            phone.write(reply)
        await phone.drain()
        return fate not in (HALF_REPLY, REPLY)

    def _fate(self, request: bytes) -> str:
        if not TROUBLED.match(request) or self._numbers.random() >= self.rate:
            return ""
        fate = self._numbers.choice(FATES)
        self.happened[fate] += 1
        return fate

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, request: bytes, wait: float) -> None:
        """Bring a request to the server by itself and drop the reply."""
        await asyncio.sleep(wait)
        writer: asyncio.StreamWriter | None = None
        try:
            reader, writer = await self._connect()
            writer.write(request)
            await asyncio.wait_for(message(reader), 30)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        finally:
            if writer is not None:
                writer.close()

    async def _dribble(self, reply: bytes, phone: asyncio.StreamWriter) -> None:
        piece = max(1, len(reply) // 5)
        for at in range(0, len(reply), piece):
            phone.write(reply[at : at + piece])
            await phone.drain()
            await asyncio.sleep(self._numbers.uniform(0.0, 0.3))


async def message(reader: asyncio.StreamReader) -> bytes:
    """Read one whole HTTP message. Raises IncompleteReadError when the other side hangs up."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")
