"""The real server for a bench: the product's own gunicorn settings, the job worker, the database."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import processes
from tests.live import ROOT
from tests.postgres import temporary_cluster

PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the roots of the processes whose CPU time is its cost."""

    port: int
    roots: list[int]

    def cpu(self) -> float:
        """Return the CPU seconds that server, worker and database have used so far."""
        return processes.cpu_seconds(self.roots)

    def memory(self) -> float:
        """Return their memory in MB."""
        return processes.memory_mb(self.roots)


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Make a durable database; gives its address and its server's process, none for SQLite."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}", []
        return
    with temporary_cluster(durable=True) as url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            backend = connection.info.backend_pid
            status = Path(f"/proc/{backend}/status").read_text("ascii")
        postmaster = next(line.split()[1] for line in status.splitlines() if line[:5] == "PPid:")
        yield url, [int(postmaster)]


@contextmanager
def serving(
    environment: Mapping[str, str],
    port: int,
    *,
    module: str = "wsgi:app",
    roots: list[int] | None = None,
    worker: bool = False,
) -> Iterator[Server]:
    """Run gunicorn with the product's settings (gunicorn.conf.py) until the block ends."""
    commands = [[sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}"]]
    if worker:
        commands.append([sys.executable, "-m", "flask", "--app", "wsgi", "work"])
    log = Path(environment["DATA_DIR"]) / "bench-server.log"
    with log.open("ab") as said:
        started = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
            for command in commands
        ]
    try:
        _wait(port, started[0], log)
        yield Server(port, [*(one.pid for one in started), *(roots or [])])
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except urllib.error.HTTPError:
            return  # it answers; the floor knows no such page
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer:\n{log.read_text('utf-8')[-2000:]}")
