"""The question bank's speed: `python -m bench.bank [--json] [--database URL] [--entries 20000]`.

Builds a bank of that many questions of three versions each in a temporary folder (or in the empty database
named), measures its lists, changes, imports and draws, prints each figure beside its target, and ends
with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app import clock
from bench import importing, lists, papers, stored
from bench.figures import Figure, report
from question_bank import Blueprint

ENTRIES, CHANGED, IMPORTED, DRAWN_FROM = 20_000, 1_000, 1_000, 10_000
STAGES = ("lists", "changes", "imports", "papers")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.bank", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database to use")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="questions in the bank")
    parser.add_argument(
        "--folder", type=Path, help="keep the bank here, and use it when it is there"
    )
    parser.add_argument("--only", choices=STAGES, action="append", help="measure this stage alone")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="peizhen-bench-") as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url = given.database or f"sqlite:///{folder / 'bank.sqlite3'}"
        found = measure(url, folder, given.entries, stages=given.only or STAGES)
    about = {
        "bench": "bank",
        "database": url.partition(":")[0],
        "entries": given.entries,
        "versions": given.entries * stored.VERSIONS,
    }
    return report(found, as_json=given.json, about=about)


def measure(
    url: str,
    folder: Path,
    entries: int,
    *,
    stages: Sequence[str] = STAGES,
    share: float = 1.0,
    pages: Sequence[str] = tuple(lists.LISTS),
    table: Blueprint | None = None,
) -> list[Figure]:
    """Return all figures; `share`, few `pages` and a small `table` show that the bench still runs."""
    table = table or lists.theory()
    found: list[Figure] = []
    if "papers" in stages:
        found += papers.figures(int(DRAWN_FROM * share), max(2, int(papers.PAPERS * share)))
    with stored.application(url, folder) as app:
        stored.fill(entries, clock.now())
        if "lists" in stages:
            in_process = url.startswith("sqlite")
            found += lists.figures(app, in_process=in_process, pages=pages, table=table)
        if "changes" in stages:
            found += lists.changes(min(entries, CHANGED))
        if "imports" in stages:
            found += importing.figures(int(IMPORTED * share))
    return found


if __name__ == "__main__":
    sys.exit(main())
