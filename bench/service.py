"""The product's processes, made to suffer: killed, started again, out of disk, with a stepped clock.

The server starts as script/server starts it (gunicorn with gunicorn.conf.py, the job worker beside
it). A full disk is a file size limit on the running processes: each write fails as on a full one.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from bench import faketime, processes
from tests.live import ROOT
from tests.postgres import Cluster

PATIENCE = 120.0


class Service:
    """The server, its job worker and its database."""

    def __init__(
        self, environment: Mapping[str, str], port: int, cluster: Cluster | None, *, faked: bool
    ) -> None:
        """`cluster`: None with SQLite. `faked`: the clock can be stepped."""
        self.port, self.cluster, self.faked = port, cluster, faked
        self.folder = Path(environment["DATA_DIR"])
        self.steps: list[tuple[float, int]] = [(time.monotonic(), 0)]
        """When (monotonic) the clock was set to how many seconds beside the true time."""
        self._environment = dict(environment)
        self._clock = self.folder / "clock"
        self._web: subprocess.Popen[bytes] | None = None
        self._jobs: subprocess.Popen[bytes] | None = None
        if faked:
            faketime.step(self._clock, 0)
            self._environment |= faketime.environment(self._clock)

    @property
    def offset(self) -> int:
        """By how many seconds the server's clock is beside the true time."""
        return self.steps[-1][1]

    def start(self) -> None:
        """Start what is not running."""
        if self._web is None or self._web.poll() is not None:
            bind = ["--bind", f"127.0.0.1:{self.port}"]
            self._web = self._started("gunicorn", "wsgi:app", *bind)
        if self._jobs is None or self._jobs.poll() is not None:
            self._jobs = self._started("flask", "--app", "wsgi", "work")

    async def ready(self) -> None:
        """Wait until the server answers and the worker does its duties."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._has_threads() and await self._answers():
                return
            await asyncio.sleep(0.2)
        log = (self.folder / "chaos-server.log").read_text("utf-8", "replace")
        raise RuntimeError(f"the server did not come back:\n{log[-3000:]}")

    def kill_a_worker(self, numbers: random.Random) -> None:
        """Kill one of the server's workers; gunicorn starts another."""
        assert self._web is not None
        workers = sorted(processes.tree(self._web.pid) - {self._web.pid})
        if workers:
            _kill(numbers.choice(workers))

    def kill_jobs(self) -> None:
        """Kill the job worker."""
        _end(self._jobs)

    def kill(self) -> None:
        """Kill everything at once: server, workers, job worker."""
        _end(self._web)
        _end(self._jobs)

    def fill_disk(self) -> None:
        """Let every write of the server's and the database's processes fail."""
        _limit(self._writers(), 0)

    def free_disk(self) -> None:
        """Let them write again."""
        _limit(self._writers(), resource.RLIM_INFINITY)

    def step_clock(self, seconds: int) -> None:
        """Step the server's wall clock, for all its processes at once."""
        offset = self.offset + seconds
        faketime.step(self._clock, offset)
        self.steps.append((time.monotonic(), offset))

    def _writers(self) -> set[int]:
        found: set[int] = set()
        for process in (self._web, self._jobs):
            if process is not None:
                found |= processes.tree(process.pid)
        if self.cluster is not None:
            # Not the first process: it starts the others again, as after any crash.
            found |= processes.tree(self.cluster.server.pid) - {self.cluster.server.pid}
        return found

    def _started(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        by = ["-m", "bench.faketime", module] if self.faked else ["-m", module]
        with (self.folder / "chaos-server.log").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, *by, *arguments],
                cwd=ROOT,
                env=self._environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(b"GET /health HTTP/1.0\r\n\r\n")
            head = await asyncio.wait_for(reader.readline(), 5)
            writer.close()
        except (OSError, TimeoutError):
            return False
        return b" 200 " in head

    def _has_threads(self) -> bool:
        # Duties have a thread of their own: a second one tells that the worker has begun.
        if self._jobs is None:
            return False
        threads = Path(f"/proc/{self._jobs.pid}/task")
        return threads.is_dir() and len(list(threads.iterdir())) > 1


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """Kill a process with all it started, and wait for it."""
    if process is not None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _limit(pids: Iterable[int], soft: int) -> None:
    for pid in pids:
        try:
            _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
        except (ProcessLookupError, PermissionError):
            continue
