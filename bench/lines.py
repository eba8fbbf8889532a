"""A line to the server: one kept-alive HTTP connection of one virtual phone, plain asyncio.

As little as a client can do, so that the generator's own CPU time stays small beside the server's.
A line that breaks is opened again by the next request; nothing is sent twice by itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

IDLE = 22.0
"""Seconds after which the server may have closed a silent connection: a new one is opened then."""


class LineError(Exception):
    """No whole answer came: whether the server took the request is not known."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass
class Line:
    """One phone's connection with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _used: float = 0.0
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """Fetch a page."""
        return await self.request("GET", path, b"", "")

    async def post_form(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        kind = "application/x-www-form-urlencoded"
        return await self.request("POST", path, urlencode(fields).encode(), kind)

    async def post_json(self, path: str, body: Any) -> Answer:
        """Send JSON."""
        return await self.request("POST", path, json.dumps(body).encode(), "application/json")

    async def request(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        """Send one request and read its answer. Raises LineError when the line breaks."""
        began = time.perf_counter()
        if began - self._used > IDLE:
            self.hang_up()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        if method == "POST":
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        data = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        try:
            answer = await self._exchange(data)
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as broken:
            self.hang_up()
            raise LineError(str(broken)) from None
        self._used = time.perf_counter()
        answer.seconds = self._used - began
        return answer

    def hang_up(self) -> None:
        """Close the connection; the next request opens another."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, data: bytes) -> Answer:
        if self._writer is None or self._writer.is_closing():
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self._reader is not None
        self._writer.write(data)
        await self._writer.drain()
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        headers = {}
        for line in head[1:]:
            name, _colon, value = line.partition(":")
            name, value = name.lower(), value.strip()
            headers[name] = value
            if name == "set-cookie":
                self._keep(value)
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.hang_up()
        return Answer(status, headers, body, 0.0)

    def _keep(self, cookie: str) -> None:
        name, _equals, value = cookie.partition(";")[0].partition("=")
        if value:
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)
