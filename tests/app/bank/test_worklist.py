"""What waits for whom: the lists, their counts, why a question waits for somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import approving, worklist
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role, User
from app.permissions import REVIEWERS
from question_bank.question import Writer
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient
from tests.days import today

pytestmark = pytest.mark.rows
POOLS = ("live", "practice")
DRAFTED = Writer(kind="ai_drafted")


def work(person: User) -> worklist.Work:
    return worklist.work_of(person, POOLS, today())


def listed(name: str, person: User) -> list[str]:
    found = worklist.listed(name, person, POOLS, today(), 1)
    return [entry.code for entry in found.items]


def approve(of: QuestionEntry, person: User) -> None:
    approving.approve(rows.current(of), actor=person, now=clock.now())
    db.session.commit()


def test_reviews_that_wait(app: Flask) -> None:
    reviewer = factories.user(Role.ITEM_REVIEWER)
    rows.entry("draft")
    rows.hand_in(rows.entry("first"))
    final = rows.hand_in(rows.entry("final"))
    approve(final, factories.user(Role.ITEM_REVIEWER))
    assert (listed("first", reviewer), listed("final", reviewer)) == (["first"], ["final"])
    counts = work(reviewer).counts
    assert (counts["first"], counts["final"]) == (1, 1)
    html = PageClient(app).sign_in(reviewer).page("/bank/worklist?list=final")
    assert "final" in html
    assert "等我终审" in html


def test_what_is_not_mine_to_review(app: Flask) -> None:
    reviewer = factories.user(Role.ITEM_REVIEWER, Role.ITEM_WRITER)
    rows.hand_in(rows.entry("own", author=reviewer))
    said = rows.hand_in(rows.entry("said"))
    approve(said, reviewer)
    field = rows.hand_in(rows.entry("field", domain="D"))
    approve(field, factories.user(Role.ITEM_REVIEWER))
    both = rows.hand_in(rows.entry("both", domain="A", reviewers_needed=("临床",)))
    told = work(reviewer)
    assert told.barred == {"first": {"own": 1, "field": 1}, "final": {"said": 1, "field": 1}}
    assert (told.counts["first"], told.counts["final"]) == (0, 0)
    assert listed("first", reviewer) + listed("final", reviewer) == []
    html = PageClient(app).sign_in(reviewer).page("/bank/worklist?list=first")
    assert "1 题是你写的或由你负责" in html
    assert "1 题要等临床或法律审题人" in html
    clinician = factories.user(Role.CLINICAL_REVIEWER)
    assert set(listed("final", clinician)) == {"said", "field"}
    assert both.code in listed("first", clinician)


def test_the_list_says_what_the_page_says(app: Flask) -> None:
    """For every reviewer and question the list holds it exactly when the page lets them approve."""
    people = [
        factories.user(Role.ITEM_REVIEWER),
        factories.user(Role.CLINICAL_REVIEWER),
        factories.user(Role.LEGAL_REVIEWER),
        factories.user(Role.CLINICAL_REVIEWER, Role.LEGAL_REVIEWER),
        factories.user(Role.ITEM_REVIEWER, Role.ITEM_WRITER),
    ]
    made = []
    for n, domain in enumerate("ADE" * 4):
        asked = ("法律",) if n % 2 else ()
        author = people[-1] if n % 4 == 3 else None
        of = rows.hand_in(rows.entry(f"q{n}", domain=domain, reviewers_needed=asked, author=author))
        made.append(of)
        speaker = people[n % len(people)]
        if n > 5 and approving.why_not(rows.current(of), speaker, today()) is None:
            approve(of, speaker)
    for person in people:
        free = {of.code for of in made if not approving.why_not(rows.current(of), person, today())}
        assert {*listed("first", person), *listed("final", person)} == free
        counts = work(person).counts
        assert counts["first"] + counts["final"] == len(free)


def test_what_waits_for_a_writer(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    rows.entry("mine", author=writer)
    returned = rows.hand_in(rows.entry("back", author=writer))
    approving.return_to_author(
        rows.current(returned),
        "选项乙含糊",
        actor=factories.user(Role.ITEM_REVIEWER),
        now=clock.now(),
    )
    rows.entry("other")
    rows.entry("drafted", writer=DRAFTED)
    db.session.commit()
    assert listed("mine", writer) == ["mine"]
    assert listed("returned", writer) == ["back"]
    assert listed("untaken", writer) == ["drafted"]
    counts = work(writer).counts
    assert (counts["mine"], counts["returned"], counts["untaken"]) == (1, 1, 1)
    assert "要改：选项乙含糊" in PageClient(app).sign_in(writer).page(
        "/bank/worklist?list=returned"
    )


def test_review_dates(app: Flask) -> None:
    for code, days in (("past", -1), ("today", 0), ("soon", 90), ("later", 91)):
        rows.entry(code, review_by=today() + timedelta(days=days))
    gone = rows.entry("gone", review_by=today() - timedelta(days=1))
    gone.status = "retired"
    db.session.commit()
    manager = factories.user(Role.EXAM_MANAGER)
    assert listed("overdue", manager) == ["past"]
    assert listed("due", manager) == ["today", "soon"]
    counts = work(manager).counts
    assert (counts["overdue"], counts["due"]) == (1, 2)


def test_on_trial(app: Flask) -> None:
    of = rows.hand_in(rows.entry())
    for _n in range(2):
        approve(of, factories.user(Role.ITEM_REVIEWER))
    assert listed("trial", factories.user(Role.EXAM_MANAGER)) == ["q1"]


def test_drafts_are_taken_on_together(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    made = [rows.entry(f"q{n}", writer=DRAFTED) for n in range(3)]
    other = rows.entry("other")
    client = PageClient(app).sign_in(writer)
    wanted: dict[str, Any] = {"entries": [made[0].id, made[1].id, other.id]}
    for _n in range(2):  # a double click
        assert client.send("/bank/worklist/take", wanted).status_code == 302
    db.session.expire_all()
    found = {
        entry.code: (entry.status, entry.responsible_id)
        for entry in db.session.scalars(select(QuestionEntry))
    }
    assert found["q0"] == found["q1"] == ("first_review", writer.id)
    assert found["q2"] == found["other"] == ("draft", None)
    assert "other 没有送" in client.page("/bank/worklist?list=untaken")
    client.send("/bank/worklist/take", {})
    assert "没有选题" in client.page("/bank/worklist?list=untaken")


def test_behind_the_wall_only_practice_shows(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    rows.teach(writer)
    live = rows.entry("live-one", writer=DRAFTED)
    rows.entry("practice-one", pool="practice", writer=DRAFTED)
    client = PageClient(app).sign_in(writer)
    html = client.page("/bank/worklist?list=untaken")
    assert "practice-one" in html
    assert "live-one" not in html
    assert "这里只列练习题" in html
    client.send("/bank/worklist/take", {"entries": [live.id]})
    db.session.expire_all()
    assert db.session.get_one(QuestionEntry, live.id).status == "draft"


def test_an_unknown_or_strange_list_is_not_found(app: Flask) -> None:
    client = PageClient(app).sign_in(factories.user(Role.EXAM_MANAGER))
    client.page("/bank/worklist?list=first", 404)
    client.page("/bank/worklist?list=nothing", 404)
    client.page("/bank/worklist?page=99")


def test_live_words_are_marked(app: Flask) -> None:
    rows.hand_in(rows.entry())
    client = PageClient(app).sign_in(factories.user(Role.ITEM_REVIEWER))
    assert 'class="watermark"' in client.page("/bank/worklist")


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    client = PageClient(app).sign_in(factories.user(role))
    workers = REVIEWERS | {Role.ITEM_WRITER, Role.EXAM_MANAGER}
    client.page("/bank/worklist", 200 if role in workers else 403)
    taken = client.send("/bank/worklist/take", {}).status_code
    assert taken == (302 if role == Role.ITEM_WRITER else 403)
