"""The list of a large bank: every filter, order and search, the draw, and a change of many questions.

Server time is taken around the whole request, from the route to the last byte of the page. On SQLite
the database works in this process, so CPU time is the whole of it, whatever else the machine does; on
PostgreSQL it is the least wall time of several tries.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import event, select

from app import clock, jobs
from app.bank import change_making, changing
from app.bank.changing import Wish
from app.extensions import db
from app.models.bank import ExamBlueprint, QuestionEntry
from app.models.people import Role, RoleGrant, User
from bench.figures import Figure
from bench.measuring import least
from question_bank import Blueprint, dump_blueprint, read_blueprint
from tests.client import PageClient
from tests.queries import counted

MOST_SECONDS = 0.2
MOST_QUERIES = 14
"""What the page asks, however large the bank: person, session, rights, wall, three lists of values."""
SHORT = 0.1  # seconds a job may keep the one writer of SQLite waiting
BLUEPRINT = Path("tests/question_bank/files/blueprint-95.yaml")
LISTS = {
    "all": "",
    "page 400": "page=400",
    "pool": "pool=live",
    "status": "status=active",
    "domain": "domain=D",
    "lesson": "lesson=4.3",
    "kind": "kind=single_choice",
    "level": "level=use",
    "difficulty": "difficulty=hard",
    "tag": "tag=常错",
    "clause": "clause=5.3",
    "source": "source=陪诊服务规范（第 7 部分）",
    "language": "language=zh-CN",
    "author me": "author=me",
    "author files": "author=files",
    "AI-drafted": "writer=ai_drafted",
    "any flaw": "flaw=any",
    "one flaw": "flaw=echo",
    "past review date": "review=past",
    "due in 90 days": "review=soon",
    "never shown": "shown=never",
    "several together": "pool=live&status=active&domain=D&level=use&tag=常错&words=轮椅",
    "newest change first": "sort=changed",
    "review date first": "sort=review",
    "most shown first": "sort=shown",
    "search 1 character": "words=轮",
    "search 2 characters": "words=轮椅",
    "search 2 words": "words=轮椅 电梯",
    "search that finds nothing": "words=鲸鱼",
    "search pinyin": "words=lunyi",
    "search part of pinyin": "words=lunyi sha",
    "search first letters": "words=ly",
    "search code": "words=b01234",
}


def figures(
    app: Flask, *, in_process: bool, pages: Sequence[str], table: Blueprint
) -> Iterator[Figure]:
    """Measure the pages named, out of LISTS, and the draw of a table."""
    measure = time.process_time if in_process else time.perf_counter
    reader = PageClient(app).sign_in(one(Role.ITEM_REVIEWER))
    most = 0
    for name in pages:
        address = f"/bank/questions?{LISTS[name]}"
        yield Figure(f"list: {name}", _page(reader, address, measure), "s", at_most=MOST_SECONDS)
        with counted() as statements:
            reader.get(address)
        most = max(most, len(statements))
    yield Figure("list: queries a page, at most", most, "queries", at_most=MOST_QUERIES)
    yield from _draws(app, table, measure)


def theory() -> Blueprint:
    """Return the table of a real theory paper: 95 marked questions."""
    table = read_blueprint(BLUEPRINT.read_bytes(), BLUEPRINT.name).blueprint
    if table is None:
        raise ValueError(f"{BLUEPRINT} is no blueprint")
    return table


def _draws(app: Flask, table: Blueprint, measure: Callable[[], float]) -> Iterator[Figure]:
    row = db.session.scalar(select(ExamBlueprint))
    if row is None:
        row = ExamBlueprint(
            code=table.id,
            title=table.title,
            body=dump_blueprint(table),
            origin="content",
            updated_at=clock.now(),
        )
        db.session.add(row)
        db.session.commit()
    manager = PageClient(app).sign_in(one(Role.EXAM_MANAGER))
    page, sample = f"/bank/blueprints/{row.id}?seed=4F2A-91C0", f"/bank/blueprints/{row.id}/sample"
    yield Figure("draw: blueprint with supply", _page(manager, page, measure), "s", MOST_SECONDS)
    address = f"{sample}?seed=4F2A-91C0"
    yield Figure("draw: one paper", _page(manager, address, measure), "s", at_most=MOST_SECONDS)


def changes(many: int) -> Iterator[Figure]:
    """Change many questions at once: the plan, the whole work, and its longest transaction."""
    now, actor_id = clock.now(), one(Role.ITEM_REVIEWER).id
    ids = list(
        db.session.scalars(select(QuestionEntry.id).order_by(QuestionEntry.code).limit(many))
    )
    actor, pools = db.session.get_one(User, actor_id), ("live", "practice")
    begun = time.process_time()
    plan = changing.plan(ids, Wish("tag", f"批量{now:%H%M%S%f}"), actor=actor, pools=pools)
    planned = time.process_time() - begun
    listed = change_making.begin(plan, actor=actor, pools=pools, now=now)
    db.session.commit()
    with _transactions() as lasted:
        if listed.job_id is not None:
            jobs.run_next(clock.now())
    whole = time.process_time() - begun
    assert db.session.get_one(type(listed), listed.id).state == change_making.DONE
    yield Figure(f"change {many}: see what it would do", planned, "CPU s", at_most=MOST_SECONDS)
    yield Figure(f"change {many}: done", whole, "CPU s", at_most=many / 1000)
    yield Figure(
        f"change {many}: longest transaction", max(lasted, default=0.0), "CPU s", at_most=SHORT
    )


@contextmanager
def _transactions() -> Iterator[list[float]]:
    """Collect the CPU seconds of each transaction that is committed inside, from its first word."""
    lasted: list[float] = []
    begun = [0.0]

    def begin(_connection: object) -> None:
        begun[0] = time.process_time()

    def commit(_connection: object) -> None:
        lasted.append(time.process_time() - begun[0])

    event.listen(db.engine, "begin", begin)
    event.listen(db.engine, "commit", commit)
    try:
        yield lasted
    finally:
        event.remove(db.engine, "begin", begin)
        event.remove(db.engine, "commit", commit)


def _page(reader: PageClient, address: str, measure: Callable[[], float]) -> float:
    def show() -> None:
        db.session.remove()  # each request of the real server begins without rows
        answer = reader.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"

    return least(show, clock=measure)


def one(role: Role) -> User:
    """Return a person who holds a role."""
    found = select(User).join(User.grants).where(RoleGrant.role == role)
    return db.session.scalars(found.order_by(User.id).limit(1)).one()
