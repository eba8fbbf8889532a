"""`python -m bench.learning`: a thousand learners with signs of life, and a class of 130 at a glance.

On each database, in one run: the floor (bare Flask with one durable row, `bench.floor`), the CPU of
one sign of life in web server plus database, one after the other as the floor is measured; then all
learners at the real pace, one sign of life every thirty seconds each; then what is stored is held
beside what was acknowledged. The overview of a class of 130 people × 36 lessons is measured around
the whole request. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import class_overview, learners
from bench.figures import Figure, report
from bench.serving import Server, database, serving
from bench.sitting import measure_floor
from tests.demo import prepared
from tests.live import demo_environment, free_port

RATIO = 1.5
DATABASES = ("sqlite", "postgresql")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.learning", description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="signs of life of each, alone")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of the real pace")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Measure and report."""
    wanted = arguments()
    kinds = DATABASES if wanted.database == "both" else (wanted.database,)
    figures = [figure for kind in kinds for figure in measured(kind, wanted)]
    return report(figures, as_json=wanted.json, about=vars(wanted))


def measured(kind: str, wanted: argparse.Namespace) -> Iterator[Figure]:
    """Measure one database; each figure begins with its name."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-learning-") as folder,
        database(kind, Path(folder)) as (url, roots),
    ):
        floors = measure_floor(url, roots)
        port = free_port()
        environment = demo_environment(Path(folder), port, url)
        app = prepared(environment)
        people = learners.fill(app, wanted.learners)
        with serving(environment, port, roots=roots) as server:
            found = [*floors, *_signs_of_life(people, server, floors, wanted)]
        began = found.pop().value
        found += learners.judged(app, people, time.monotonic() - began)
        found += class_overview.figures(app, roots)
    for figure in found:
        yield replace(figure, name=f"{kind}: {figure.name}")


def _signs_of_life(
    people: list[learners.Learner],
    server: Server,
    floors: list[Figure],
    wanted: argparse.Namespace,
) -> Iterator[Figure]:
    row = next(one.value for one in floors if one.name == "floor row")
    began = time.monotonic()
    before = server.cpu()
    asyncio.run(learners.one_after_the_other(people, server.port, 1))
    first = (server.cpu() - before) / len(people) * 1000
    yield Figure("first sign of life of a page", first, "CPU ms")
    before = server.cpu()
    asyncio.run(learners.one_after_the_other(people, server.port, wanted.rounds))
    each = (server.cpu() - before) / len(people) / wanted.rounds * 1000
    yield Figure("sign of life", each, "CPU ms")
    yield Figure("sign of life / floor row", each / row, "times", at_most=RATIO)
    before, since = server.cpu(), time.monotonic()
    asyncio.run(learners.at_the_real_pace(people, server.port, wanted.seconds))
    taken = (server.cpu() - before) / (time.monotonic() - since)
    many, p50, p95 = learners.delays(people)
    yield Figure(f"{len(people)} learners: server and database", taken, "CPU s per s", at_most=1)
    yield Figure(f"{len(people)} learners: {many} signs of life, p50", p50, "ms")
    yield Figure(f"{len(people)} learners: p95", p95, "ms", at_most=500)
    yield Figure("began", began, "s")


if __name__ == "__main__":
    raise SystemExit(main())
