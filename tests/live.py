"""A real server for tests: gunicorn with workers of its own, and if wanted the job worker beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demo_environment(data_dir: Path, port: int, database_url: str = "") -> dict[str, str]:
    """Return the environment of a demonstration installation in a folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {
        "DEMO": "1",
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PYTHONPATH": str(ROOT),
    }
    return kept | given | ({"DATABASE_URL": database_url} if database_url else {})


@contextmanager
def running(
    environment: Mapping[str, str],
    port: int,
    *,
    module: str = "wsgi:app",
    workers: int = 2,
    jobs: bool = False,
) -> Iterator[str]:
    """Run a small server until the block ends; yields its address."""
    options = ["--workers", str(workers), "--worker-class", "gthread", "--threads", "4"]
    with processes(environment, port, module=module, options=options, jobs=jobs):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def processes(
    environment: Mapping[str, str],
    port: int,
    *,
    module: str = "wsgi:app",
    options: Sequence[str] = (),
    jobs: bool = False,
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run gunicorn, with the product's own settings but for `options`, and the job worker if wanted.

    Yields the processes once the server answers; ends them and all that they started.
    """
    log = Path(environment["DATA_DIR"]) / "server.log"
    server = [sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}", *options]
    commands = [server]
    if jobs:
        commands.append([sys.executable, "-m", "flask", "--app", "wsgi", "work"])
    with log.open("ab") as output:
        started = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            for command in commands
        ]
    try:
        _wait(f"http://127.0.0.1:{port}/health", started[0], log)
        yield started
    finally:
        for process in started:
            _end(process)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer:\n{log.read_text('utf-8')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
        break
