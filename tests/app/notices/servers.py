"""Two servers on the loopback: a gateway that checks signatures, and one that takes mail."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.notices.channels import signature

SECRET = "a-shared-secret-of-tests"


class GatewayServer(ThreadingHTTPServer):
    """Takes what is signed with the secret; answers as it was told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _GatewayHandler)
        self.taken: list[dict[str, Any]] = []
        self.answer: tuple[int, bytes] = (200, b'{"accepted": true}')
        self.asked = 0

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.server_port}/send"


class _GatewayHandler(BaseHTTPRequestHandler):
    server: GatewayServer

    def do_POST(self) -> None:
        """Check and answer."""
        self.server.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        at = self.headers["X-Peizhen-Time"]
        status, said = self.server.answer
        if self.headers["X-Peizhen-Signature"] != signature(SECRET, at, body):
            status, said = 401, b"{}"
        elif status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", said.decode())
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: Any) -> None:
        """Stay silent."""


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as smtplib needs; keeps what it was sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.mails: list[bytes] = []
        self.refuses = False


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Answer line by line until QUIT."""
        self._say("220 here")
        for raw in self.rfile:
            word = raw.decode().strip().upper().split(" ")[0]
            if word == "DATA":
                self._say("354 go on")
                self.server.mails.append(self._data())
                self._say("250 kept")
            elif word == "RCPT" and self.server.refuses:
                self._say("550 nobody")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self) -> bytes:
        lines = []
        for raw in self.rfile:
            if raw == b".\r\n":
                break
            lines.append(raw)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def running(server: Any) -> Iterator[Any]:
    """Serve in a thread while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
