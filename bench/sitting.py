"""`python -m bench.sitting --candidates N --database sqlite|postgresql`: a whole sitting over HTTP.

Starts the real server and measures in one run (a) the floor: bare Flask, empty and with one durable
row; (b) each operation alone, one request after the other as for the floor, in CPU seconds of web
server plus database; (c) a hall of N candidates who signed in and sit in the waiting room: start
within a minute, answer at k times the pace of 130 changes in 90 minutes, ask for the state at the
real rate, hand in within 30 s. Then every answer that a candidate believes acknowledged is looked for
in the journal. The CPU time of the generator, and of the job worker that marks, is told apart. Exit
code 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import resource
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from flask import Flask

from bench import floor, hall
from bench.candidates import HEARTBEAT, Candidate, Times
from bench.figures import Figure, report
from bench.lines import Line
from bench.serving import Server, database, serving
from tests.demo import prepared
from tests.live import demo_environment, free_port
from tests.queries import counted

CHANGES, MINUTES = 130, 90
WARM = 4
"""Candidates who sit before anything is measured: each process has then done everything once."""
ALONE = 100
"""Candidates with whom each operation is measured alone."""
HAND_IN_SECONDS = 30
SIGN_OF_LIFE, SEEN_SECONDS = "heartbeat that is written down", 60
"""Once a minute a heartbeat leaves its time on the disk (`app.exams.known.SEEN_EVERY`)."""
MET = 6
"""Heartbeats before it, so that every process has met the device, as in a sitting of 90 minutes."""
SAVING = 8
"""Of them, those who make all changes of a sitting, and as many heartbeats: each one's first costs more
than the others, of which there are many in a sitting."""
FLOOR_REQUESTS = 1500
SIGN_INS_AT_ONCE = 8
Step = Callable[[Candidate], Awaitable[None]]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.sitting", description=__doc__)
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument(
        "--pace",
        type=float,
        help="k: times the real pace of changes; 8 for up to 300 candidates, else 2",
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="length of the answering slice")
    parser.add_argument("--start-seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    wanted.pace = wanted.pace or (8.0 if wanted.candidates <= 300 else 2.0)
    return wanted


def main() -> int:
    """Measure and report."""
    wanted = arguments()
    with (
        tempfile.TemporaryDirectory(prefix="bench-sitting-") as folder,
        database(wanted.database, Path(folder)) as (url, roots),
    ):
        figures = measure_floor(url, roots)
        port = free_port()
        environment = demo_environment(Path(folder), port, url)
        app = prepared(environment)
        seats = hall.fill(app, wanted.candidates + WARM + ALONE + 1)
        with serving(environment, port, roots=roots, worker=True) as server:
            asyncio.run(run(wanted, server, seats, figures, app))
    return report(figures, as_json=wanted.json, about=vars(wanted))


def measure_floor(url: str, roots: list[int]) -> list[Figure]:
    """Measure bare Flask under the same server and database."""
    port = free_port()
    environment = demo_environment(Path(tempfile.gettempdir()), port) | {"FLOOR_DATABASE": url}
    floor.make_table(url)
    figures = []
    with serving(environment, port, module="bench.floor:app", roots=roots) as server:
        for path in ("/empty", "/row"):
            line = Line(port)

            async def ask(line: Line = line, path: str = path) -> None:
                for number in range(FLOOR_REQUESTS):
                    change = {"sequence": number, "slot": 3, "value": "o1", "at": 1}
                    answer = await line.post_json(path, {"changes": [change]})
                    assert answer.status == 200, answer.body
                line.hang_up()

            before = server.cpu()
            asyncio.run(ask())
            each = (server.cpu() - before) / FLOOR_REQUESTS * 1000
            figures.append(Figure(f"floor {path[1:]}", each, "CPU ms"))
    return figures


async def run(
    wanted: argparse.Namespace,
    server: Server,
    seats: Sequence[hall.Seat],
    figures: list[Figure],
    app: Flask,
) -> None:
    """Do the operations alone, then the hall, then count."""
    numbers = random.Random(wanted.seed)
    people = [Candidate(seat, Line(server.port), random.Random(numbers.random())) for seat in seats]
    spare, warm = people[0], people[1 : WARM + 1]
    alone, crowd = people[WARM + 1 : WARM + ALONE + 1], people[WARM + ALONE + 1 :]
    sign_in = await cpu_of(server, people, lambda one: one.sign_in(), at_once=SIGN_INS_AT_ONCE)
    figures.append(Figure("sign in (before the start)", sign_in, "CPU ms"))
    for one in warm:
        for step in (one.wait, one.start, one.read, one.change, one.change, one.ask, one.hand_in):
            await step()
    await operations(server, alone, figures)
    await cpu_of(server, crowd, lambda one: one.wait(), at_once=SIGN_INS_AT_ONCE)
    await the_hall(wanted, server, crowd, figures)
    for step in (spare.wait, spare.start, spare.read):
        await step()
    figures.append(Figure("statements per save", statements(app, spare), "statements", at_most=3))
    ledgers = {one.seat.booking: one.ledger for one in people}
    await marked(app, ledgers)
    found = hall.count(app, ledgers, sum(one.sent for one in people))
    figures += [
        Figure("answers acknowledged", found.acknowledged, "answers"),
        Figure("answers lost", found.lost, "answers", at_most=0),
        Figure("answers different", found.different, "answers", at_most=0),
        Figure("answers doubled", found.doubled, "answers", at_most=0),
        Figure("not handed in", len(crowd) + ALONE + WARM - found.handed_in, "papers", at_most=0),
    ]


async def cpu_of(
    server: Server, people: Sequence[Candidate], step: Step, *, times: int = 1, at_once: int = 1
) -> float:
    """Return the server's CPU milliseconds for one step, done by everybody."""
    before = server.cpu()
    gate = asyncio.Semaphore(at_once)

    async def do(one: Candidate) -> None:
        async with gate:
            for _time in range(times):
                await step(one)

    await asyncio.gather(*(do(one) for one in people))
    return (server.cpu() - before) / len(people) / times * 1000


async def operations(server: Server, alone: Sequence[Candidate], figures: list[Figure]) -> None:
    """Measure each operation by itself, and add up a whole sitting."""
    row = next(one.value for one in figures if one.name == "floor row")
    saving = alone[:SAVING]
    steps: list[tuple[str, Step, Sequence[Candidate], int, float | None]] = [
        ("waiting room", lambda one: one.wait(), alone, 1, None),
        ("start", lambda one: one.start(), alone, 1, 6.0),
        ("paper", lambda one: one.read(), alone, 1, None),
        ("save", lambda one: one.change(), saving, CHANGES, 2.0),
        ("heartbeat", lambda one: one.ask(), saving, CHANGES, None),
        (SIGN_OF_LIFE, lambda one: one.ask(), alone, 1, None),
        ("hand in", lambda one: one.hand_in(), alone, 1, None),
    ]
    cost = {}
    for name, step, people, times, ratio in steps:
        if name == SIGN_OF_LIFE:
            await cpu_of(server, alone, step, times=MET)
            await asyncio.sleep(SEEN_SECONDS + 1)
        cost[name] = await cpu_of(server, people, step, times=times)
        figures.append(Figure(f"{name} alone", cost[name], "CPU ms"))
        figures.append(Figure(f"{name} / floor row", cost[name] / row, "times", at_most=ratio))
    # Changes come at random moments; in a pause as long as p the page asks p // HEARTBEAT times.
    idle = CHANGES / math.expm1(HEARTBEAT * CHANGES / (MINUTES * 60))
    whole = cost["waiting room"] + cost["start"] + cost["paper"] + cost["hand in"]
    whole += CHANGES * cost["save"] + idle * cost["heartbeat"]
    whole += MINUTES * 60 / SEEN_SECONDS * (cost[SIGN_OF_LIFE] - cost["heartbeat"])
    figures.append(Figure("whole sitting without sign-in", whole / 1000, "CPU s", at_most=1.0))


async def the_hall(
    wanted: argparse.Namespace,
    server: Server,
    crowd: Sequence[Candidate],
    figures: list[Figure],
) -> None:
    """Everybody together: start within the minute, answer, hand in."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    before, began = server.cpu(), asyncio.get_running_loop().time()
    jobs = server.worker_cpu()
    pause = MINUTES * 60 / CHANGES / wanted.pace

    async def sit(one: Candidate) -> None:
        await asyncio.sleep(one.numbers.uniform(0, wanted.start_seconds))
        await one.start()
        await one.read()
        await one.work(wanted.minutes * 60, pause)
        await asyncio.sleep(one.numbers.uniform(0, HAND_IN_SECONDS))
        await one.hand_in()
        one.line.hang_up()

    for one in crowd:
        one.times.clear()
    results = await asyncio.gather(*(sit(one) for one in crowd), return_exceptions=True)
    broken = [result for result in results if isinstance(result, BaseException)]
    for trouble in broken[:5]:
        sys.stderr.write(f"{trouble!r}\n")
    seconds = asyncio.get_running_loop().time() - began
    spent = resource.getrusage(resource.RUSAGE_SELF)
    generator = spent.ru_utime + spent.ru_stime - own.ru_utime - own.ru_stime
    figures += [
        Figure("hall: candidates", len(crowd), "people"),
        Figure("hall: broke off", len(broken), "people", at_most=0),
        Figure("hall: seconds", seconds, "s"),
        Figure("hall: server and database", (server.cpu() - before) / seconds, "CPU s per s"),
        Figure("hall: job worker", (server.worker_cpu() - jobs) / seconds, "CPU s per s"),
        Figure("hall: generator", generator / seconds, "CPU s per s"),
        Figure("hall: memory", server.memory(), "MB"),
    ]
    times: Times = {}
    for one in crowd:
        for step, found in one.times.items():
            times.setdefault(step, []).extend(found)
    for step, found in times.items():
        hundredths = statistics.quantiles([*found, found[-1]], n=100)
        p50, p95, p99 = (hundredths[at] * 1000 for at in (49, 94, 98))
        target = {"save": 500.0, "start": 3000.0}.get(step)
        figures += [
            Figure(f"hall: {step} × {len(found)} p50", p50, "ms"),
            Figure(f"hall: {step} p95", p95, "ms", at_most=target),
            Figure(f"hall: {step} p99", p99, "ms"),
        ]


def statements(app: Flask, spare: Candidate) -> float:
    """Count the statements of one ordinary save, in this process on the same database."""
    client = app.test_client()
    for name, value in spare.line.cookies.items():
        client.set_cookie(name, value)
    slot, _kind, options = spare.slots[0]
    path = f"/exams/attempts/{spare.attempt}/answers"
    with app.app_context():
        for sequence in (1, 2):  # the first loads the question
            change = {"sequence": sequence, "slot": slot, "value": options[0]}
            with counted() as said:
                answer = client.post(path, json={"changes": [change]})
            assert answer.status_code == 200, answer.get_data(as_text=True)
            spare.ledger[sequence] = (slot, options[0])
            spare.sent += 1
    return len(said)


async def marked(app: Flask, ledgers: dict[str, dict[int, tuple[int, object]]]) -> None:
    """Wait until the worker has marked all that was handed in, two minutes at most."""
    for _second in range(120):
        found = hall.count(app, ledgers, 0)
        if found.marked >= found.handed_in:
            return
        await asyncio.sleep(1)


if __name__ == "__main__":
    raise SystemExit(main())
