"""The real server for a bench: the product's own gunicorn settings, the job worker, the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench import processes
from tests import live
from tests.postgres import temporary_cluster


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the roots of its processes."""

    port: int
    answering: list[int]
    """Web server and database: what an operation costs."""
    worker: list[int]
    """The job worker: marking, sealing, sweeping."""

    def cpu(self) -> float:
        """Return the CPU seconds that web server and database have used so far."""
        return processes.cpu_seconds(self.answering)

    def worker_cpu(self) -> float:
        """Return those of the job worker."""
        return processes.cpu_seconds(self.worker)

    def memory(self) -> float:
        """Return the memory of all in MB."""
        return processes.memory_mb([*self.answering, *self.worker])


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
    with live.processes(environment, port, module=module, jobs=worker) as started:
        yield Server(port, [started[0].pid, *(roots or [])], [one.pid for one in started[1:]])
