"""Run a Python module under a clock that can be stepped: `python -m bench.faketime gunicorn …`.

libfaketime, put before this process by its starter, gives time from a file; the monotonic clock stays
true. It refuses (0.9.10, EINVAL) the absolute sleep that `time.sleep` asks for since Python 3.11, so
sleeping is done by `select` here. Nothing else differs from the product's own start.
"""

from __future__ import annotations

import os
import runpy
import select
import sys
import time
from pathlib import Path

LIBRARIES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",  # Debian, Ubuntu
    "/usr/lib64/faketime/libfaketimeMT.so.1",  # Fedora
)


def library() -> Path | None:
    """Return libfaketime for programs with threads, or None where it is not installed."""
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern[1:])]
    return found[0] if found else None


def environment(file: Path) -> dict[str, str]:
    """Return what makes a process read its wall clock's offset from a file at each look."""
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def step(file: Path, offset: int) -> None:
    """Set the clock of all processes at once to so many seconds beside the true time."""
    written = file.with_suffix(".new")
    written.write_text(f"{offset:+d}\n", "ascii")
    os.replace(written, file)  # noqa: PTH105 — at once: no reader may see half a file


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


if __name__ == "__main__":
    time.sleep = _sleep  # type: ignore[assignment]
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
