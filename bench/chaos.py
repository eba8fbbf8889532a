"""Pull plugs while people sit an exam, then judge: `python -m bench.chaos --seed S --seconds T`.

The real server on loopback; virtual candidates over HTTP by docs/exam-protocol.md; faults of the
server (`faults`), of the line (`wire`) and of the phone (`device`, `behaving`) drawn from the seed.
The seed gives the same faults in the same order; at which instant of a save one strikes is the
machine's business. In the end the server is killed once more, and `judging` compares what phones
recorded with the rows. Exit code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models.exams import Attempt, Result
from bench import faketime, faults, judging, rounds, wire
from bench.behaving import HABITS, TROUBLES, Sitter
from bench.device import Device
from bench.faults import Faults
from bench.figures import Figure, report
from bench.judging import Judgement, Timeline
from bench.lines import Line
from bench.room import Invigilator
from bench.rounds import Round
from bench.service import Service
from bench.wire import Wire
from tests.live import demo_environment, free_port
from tests.postgres import Cluster, breakable_cluster

ROUND = 75.0
"""About how many seconds a round takes."""
ENDING = 28.0
"""Of them for entering, pauses, the grace, late deliveries and marking; the rest is for writing."""
LINE_TROUBLE = 0.2
SIGN_INS_AT_ONCE = 4
MARKING = 60.0
RECOVERY, HAND_IN = 60.0, 60.0


@dataclass
class Run:
    """What was seen in a run."""

    happened: Counter[str] = field(default_factory=Counter)
    sitters: list[Sitter] = field(default_factory=list)
    full: list[tuple[float, float]] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    unnoticed: int = 0
    unmarked: int = 0


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long people sit, in all")
    parser.add_argument("--candidates", type=int, default=10, help="people in each round")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Run, judge and report."""
    wanted = arguments(given)
    number = max(1, round(wanted.seconds / ROUND))
    numbers = random.Random(wanted.seed)
    with (
        tempfile.TemporaryDirectory(prefix="bench-chaos-") as folder,
        _database(wanted.database, Path(folder)) as (url, cluster),
    ):
        port = free_port()
        environment = demo_environment(Path(folder), port, url)
        app = rounds.prepare(environment)
        faked = faketime.library() is not None
        service = Service(environment, port, cluster, faked=faked)
        service.start()
        try:
            booked = rounds.book(app, number, wanted.candidates)
            writing = max(10.0, wanted.seconds / number - ENDING)
            run = asyncio.run(_all(app, service, booked, writing, numbers))
        finally:
            service.kill()
        timeline = Timeline(service.steps)
        found = judging.judge(app, run.sitters, timeline)
    for check, complaints in found.complaints.items():
        for text in complaints[:10]:
            sys.stderr.write(f"{check}: {text}\n")
    about = {**vars(wanted), "rounds": number, "skipped": _skipped(service)}
    return report(figures(run, found, service), as_json=wanted.json, about=about)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[tuple[str, Cluster | None]]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'chaos.sqlite3'}", None
        return
    with breakable_cluster() as cluster:
        yield cluster.url, cluster


def _skipped(service: Service) -> str:
    if service.faked:
        return ""
    return "steps of the server's clock: libfaketime is not installed (Debian: libfaketime)"


async def _all(
    app: Flask, service: Service, booked: Sequence[Round], writing: float, numbers: random.Random
) -> Run:
    run = Run()
    await service.ready()
    for one in booked:
        await _round(run, app, service, one, writing, random.Random(numbers.random()))
    return run


async def _round(
    run: Run, app: Flask, service: Service, one: Round, writing: float, numbers: random.Random
) -> None:
    """Let people sit one sitting through faults, until everything is delivered and marked."""
    line = Wire(service.port, random.Random(numbers.random()), LINE_TROUBLE)
    port = await line.open()
    sitters = []
    for place, seat in enumerate(one.seats):
        own = random.Random(numbers.random())
        device = Device(seat, Line(port), own)
        sitters.append(Sitter(device, HABITS[place % len(HABITS)], own, run.happened))
    gate, began = asyncio.Semaphore(SIGN_INS_AT_ONCE), time.monotonic()
    await asyncio.gather(*(_enter(sitter, gate) for sitter in sitters))
    # On a machine where entering takes long, so does starting.
    entering = time.monotonic() - began
    rounds.set_end(app, one, writing + 1.5 * entering, service.offset)
    sitting = [asyncio.create_task(_sit(sitter, numbers.uniform(0, 2))) for sitter in sitters]
    await asyncio.gather(*(sitter.started.wait() for sitter in sitters))
    invigilator = Invigilator(one, service.port)
    trouble = Faults(service, invigilator, sitters, numbers, run.happened)
    left = statistics.median(sitter.device.seconds_left() for sitter in sitters)
    plan = faults.drawn(numbers, list(trouble.kinds()), writing)
    await trouble.happen(plan, max(left, writing / 2))
    await asyncio.gather(*sitting)
    await line.settle()
    await line.close()
    run.happened.update(line.happened)
    run.sitters += sitters
    run.full += trouble.full
    run.ended += trouble.ended
    run.unnoticed += trouble.unnoticed
    run.unmarked += await _marked(app, one)


async def _enter(sitter: Sitter, gate: asyncio.Semaphore) -> None:
    async with gate:
        await sitter.enter()


async def _sit(sitter: Sitter, wait: float) -> None:
    try:
        await asyncio.sleep(wait)
        await sitter.start()
        await sitter.sit()
    except Exception as broken:
        sitter.broke_off = repr(broken)
        sitter.started.set()


async def _marked(app: Flask, one: Round) -> int:
    """Wait until a sitting is marked; returns how many attempts are still without a result."""
    until = time.monotonic() + MARKING
    while True:
        with app.app_context():
            waiting = db.session.scalar(
                select(func.count())
                .select_from(Attempt)
                .outerjoin(Result, Result.attempt_id == Attempt.id)
                .where(Attempt.sitting_id == one.sitting, Result.id.is_(None))
            )
            db.session.remove()
            db.engine.dispose()
        if not waiting or time.monotonic() > until:
            return int(waiting or 0)
        await asyncio.sleep(0.5)


def figures(run: Run, found: Judgement, service: Service) -> list[Figure]:
    """Return all figures beside their targets."""
    expected = [*wire.FATES, *TROUBLES, faults.WORKER, faults.JOBS, faults.SERVER]
    expected += [faults.DISK, faults.PAUSE]
    expected += [faults.DATABASE] if service.cluster else []
    expected += [faults.FORWARD, faults.BACK, faults.UNSEEN] if service.faked else []
    missing = [kind for kind in expected if not run.happened[kind]]
    for kind in missing:
        sys.stderr.write(f"never happened: {kind}\n")
    saves = [save for sitter in run.sitters for save in sitter.device.record.saves]
    during = [code for at, code in saves if any(a < at < b for a, b in run.full)]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return [
        *(Figure(f"fault: {kind}", run.happened[kind], "times") for kind in expected),
        Figure("kinds of fault that never happened", len(missing), "kinds", at_most=0),
        Figure("attempts", len(run.sitters), "attempts"),
        Figure("changes acknowledged", found.acknowledged, "changes"),
        Figure("of them late", found.late, "changes"),
        Figure("handed in by the server", found.automatic, "attempts", at_least=1),
        *(
            Figure(check, len(found.complaints[check]), "cases", at_most=0)
            for check in judging.CHECKS
        ),
        Figure("steps of the clock unnoticed", run.unnoticed, "steps", at_most=0),
        Figure("attempts not marked", run.unmarked, "attempts", at_most=0),
        Figure(
            "saves answered 5xx on a full disk", sum(c >= 500 for c in during), "saves", at_least=1
        ),
        Figure("longest until a save after a fault", _recovery(run, saves), "s", at_most=RECOVERY),
        Figure("latest automatic hand-in", found.slowest_hand_in, "s", at_most=HAND_IN),
        Figure("the harness itself", used.ru_utime + used.ru_stime, "CPU s"),
    ]


def _recovery(run: Run, saves: Sequence[tuple[float, int]]) -> float:
    """Return the longest time from the end of a fault to the next save that was taken."""
    taken = sorted(at for at, status in saves if status == 200)
    waits = [next((at - end for at in taken if at >= end), 0.0) for end in run.ended]
    return max(waits, default=0.0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)  # what was started is ended then too
    raise SystemExit(main())
