"""A worker that takes one job and kills itself on the way: SIGKILL, nothing is flushed or closed.

    python -m tests.crash.dying_worker DATABASE_URL FOLDER PLACE COUNT

PLACE is where: `numbers` (taken and committed), `file` (written, not yet in its place), `rows` (the
certificates inserted, not committed), `entered` (committed, the progress not looked at), or `never`.
COUNT says at which time that place is come by.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app import clock, create_app, jobs
from app.extensions import db
from tests.conftest import test_settings

INSERTS = {"numbers": "INSERT INTO taken_number", "rows": "INSERT INTO certificate "}


def die_at(place: str, count: int) -> None:
    """Arrange that this process kills itself."""
    left = [count]

    def come_by() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if place == "file":
        real = os.fsync

        def fsync(number: int) -> None:
            real(number)
            come_by()

        os.fsync = fsync  # type: ignore[assignment]
        return
    seen: list[str] = []

    @event.listens_for(db.engine, "after_cursor_execute")
    def _said(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.extend(name for name, text in INSERTS.items() if statement.startswith(text))
        if place == "rows" and seen[-1:] == ["rows"]:
            seen.clear()
            come_by()

    # Asked anew after a commit: whatever was said before is durable.
    @event.listens_for(db.engine, "begin")
    def _begun(_connection: Any) -> None:
        if (place == "numbers" and "numbers" in seen) or (place == "entered" and "rows" in seen):
            come_by()
        seen.clear()


def main() -> int:
    """Take the job in hand; 0 when it was done to its end."""
    database_url, folder, place, count = sys.argv[1:]
    app = create_app(test_settings(database_url, Path(folder)))
    with app.app_context():
        if place != "never":
            die_at(place, int(count))
        return 0 if jobs.run_next(clock.now()) else 1


if __name__ == "__main__":
    sys.exit(main())
