"""Importing a file of a thousand questions: reading it, and all of the way into the bank, by stage.

The stages are those of `app/bank/importing.py`, called as its views and jobs call them. The bank it goes into
holds what `stored.py` put there, so that duplicates are looked for among many. The index they are found
by is built once for a process; that is told beside, not counted.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from itertools import count

from sqlalchemy import func, select

from app import clock
from app.bank import alike, import_comparing, import_jobs, import_reading, importing
from app.bank.importing import Source
from app.extensions import db
from app.models.bank import QuestionImport
from app.models.people import Role, User
from bench.figures import Figure
from bench.lists import one
from bench.made_up import Maker
from bench.measuring import Stopwatch
from question_bank import Question, read_any, write_as
from question_bank.readers.collecting import Defaults

TIMES = 3
"""Files of each format. Of each stage the quickest counts: a machine that is busy elsewhere only adds."""
PARSED, ALL_IN = 1500, 570
"""Questions per CPU second: the second is three times what Moodle takes for its own format."""
FORMATS = {"gift": "questions.gift", "moodle_xml": "questions.xml", "excel": "questions.xlsx"}
HELD_BY_ALL = ("single_choice", "multiple_choice", "true_false", "matching", "numeric")
DEFAULTS = Defaults(pool="practice", domain="E", lesson="4.3", level="use")


def questions(many: int, seed: int) -> list[Question]:
    """Return made-up questions of the kinds that every format holds."""
    maker, found, number = Maker(seed), list[Question](), 0
    while len(found) < many:
        made = maker.question(number, pool="practice", id=f"i{seed}-{number:05}")
        number += 1
        if made.kind in HELD_BY_ALL:
            found.append(made)
    return found


def figures(
    many: int, *, least_parsed: float = PARSED, least_in: float = ALL_IN
) -> Iterator[Figure]:
    """Measure each format; the bank's index of near-duplicates is built before."""
    gc.collect()
    gc.freeze()  # as the worker does before its first job
    begun = time.process_time()
    alike.near_many([Maker(1).question(n) for n in range(alike.FEW)], pools=("live", "practice"))
    yield Figure("import: index of near-duplicates, once", time.process_time() - begun, "CPU s")
    # In a bank that was kept from an earlier run the same files would only be found again.
    before = db.session.scalar(select(func.count()).select_from(QuestionImport)) or 0
    seeds = count(11 + before)
    parsed: dict[str, list[float]] = {name: [] for name in FORMATS}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in FORMATS}
    for _time in range(TIMES):  # in turn: a busy moment and a fuller bank meet all formats alike
        for name, file in FORMATS.items():
            data = write_as(questions(many, next(seeds)), name)
            parsed[name].append(_parse(name, file, data, many))
            taken[name].append(_take(name, file, data, many))
    for name in FORMATS:
        best = max(parsed[name])
        yield Figure(f"import {name}: parsing", best, "questions per CPU s", at_least=least_parsed)
        stages = {stage: min(one[stage] for one in taken[name]) for stage in taken[name][0]}
        for stage, seconds in stages.items():
            yield Figure(f"import {name}: {stage}", seconds * 1000 / many, "CPU ms a question")
        whole = many / sum(stages.values())
        yield Figure(f"import {name}: all in", whole, "questions per CPU s", at_least=least_in)


def _parse(name: str, file: str, data: bytes, many: int) -> float:
    """Read a file alone; returns questions per CPU second."""
    begun = time.process_time()
    report = read_any(data, file, defaults=DEFAULTS)
    lasted = time.process_time() - begun
    assert len(report.questions) == many, f"{name}: {len(report.questions)} of {many} came in"
    return many / lasted


def _take(name: str, file: str, data: bytes, many: int) -> dict[str, float]:
    """Take a file all of the way in; returns CPU seconds by stage."""
    watch, now = Stopwatch(), clock.now()
    owner_id, pools = one(Role.ITEM_WRITER).id, ("live", "practice")
    source = Source(file, data, "", DEFAULTS)
    db.session.rollback()
    with watch.stage("parse"):
        report = import_reading.parse(data, file, "", DEFAULTS, None)
    with watch.stage("style"):
        reading = import_reading.judge(report, data, pools=pools, now=now)
    with watch.stage("duplicates"):
        import_comparing.compare(reading.items, pools=pools)
        db.session.rollback()
    with watch.stage("keep for the preview"):
        batch = importing.begin(source, owner=db.session.get_one(User, owner_id), now=now)
        importing.keep_items(batch, reading.items)
        importing.keep_reading(batch, reading, now=now)
        import_id = batch.id
        db.session.commit()
    with watch.stage("index, rows and audit"):
        batch = db.session.get_one(QuestionImport, import_id)
        importing.start_taking(batch, actor=db.session.get_one(User, owner_id), now=now)
        db.session.commit()
        created, merged = import_jobs.take(import_id, now=now, in_chunks=True)
    assert created + merged > many * 0.8, f"{name}: only {created} + {merged} of {many} came in"
    return watch.seconds
