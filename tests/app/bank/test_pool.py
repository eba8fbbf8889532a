"""Which versions an exam may draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app import clock
from app.bank import pool, writing
from app.bank.stock import stock
from app.config import Settings
from app.extensions import db
from app.models.bank import Approval, QuestionEntry
from app.models.people import Role
from tests import factories
from tests.app.bank import rows
from tests.days import today

pytestmark = pytest.mark.rows


def eligible(on: date | None = None) -> list[str]:
    return [one.facts.id for one in stock(on or today()).live]


def say(
    of: QuestionEntry, *people: str, approves: bool = True, demonstration: bool = False
) -> None:
    """Write approvals past the verb, as an attacker with SQL would, and claim the status."""
    for person in people:
        db.session.add(
            Approval(
                version_id=rows.current(of).id,
                reviewer_id=person,
                approves=approves,
                demonstration=demonstration,
                given_at=clock.now(),
            )
        )
    of.status = "active"
    db.session.commit()


def test_it_works(app: Flask) -> None:
    rows.activate(rows.entry("q2"))
    rows.activate(rows.entry("q1"))
    rows.activate(rows.entry("q3", pool="practice"))
    rows.entry("q4")
    assert eligible() == ["q1", "q2"]
    assert [version.entry.code for version in pool.practice_versions(today())] == ["q3"]
    assert pool.practice_versions(today(), "9.9") == []


def test_the_status_alone_is_not_enough(app: Flask) -> None:
    of = rows.entry()
    say(of)
    assert eligible() == []
    say(of, factories.user().id)
    assert eligible() == []


def test_neither_author_nor_editor_counts(app: Flask) -> None:
    author, editor = factories.user(Role.ITEM_WRITER), factories.user(Role.ITEM_WRITER)
    of = rows.entry(author=author)
    changed = replace(rows.body(of), stem="改过的题干？")
    writing.save(of, changed, base=1, actor=editor, now=clock.now())
    say(of, author.id, editor.id)
    assert eligible() == []
    say(of, factories.user().id)
    assert eligible() == []
    say(of, factories.user().id)
    assert eligible() == ["q1"]


def test_a_return_is_no_approval(app: Flask) -> None:
    of = rows.entry()
    say(of, factories.user().id, factories.user().id, approves=False)
    assert eligible() == []


def test_approvals_belong_to_their_version(app: Flask) -> None:
    of = rows.activate(rows.entry())
    changed = replace(rows.body(of), stem="改过的题干？")
    writing.save(of, changed, base=1, actor=factories.user(), now=clock.now())
    of.status = "active"
    db.session.commit()
    assert eligible() == []


def test_past_its_review_date_it_rests(app: Flask) -> None:
    rows.activate(rows.entry(review_by=today()))
    assert eligible() == ["q1"]
    assert eligible(today() + timedelta(days=1)) == []


def test_the_demonstration_counts_only_there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    of = rows.entry()
    rows.activate(of, demonstration=True)
    assert of.status == "first_review"
    of.status = "active"
    db.session.commit()
    assert eligible() == []
    settings: Settings = app.config["PEIZHEN"]
    monkeypatch.setitem(app.config, "PEIZHEN", replace(settings, demo=True))
    assert eligible() == ["q1"]


def test_few_queries_for_any_number(app: Flask) -> None:
    for n in range(3):
        rows.activate(rows.entry(f"q{n}"))
    db.session.expire_all()
    with rows.counted() as asked:
        assert len(eligible()) == 3
    # Two rules of reviewers, asked twice, the mark of the bank, the versions, their facts.
    assert len(asked) == 7
    with rows.counted() as asked:
        assert len(eligible()) == 3
    assert len(asked) == 3


def test_what_is_on_trial_is_never_scored(app: Flask) -> None:
    of = rows.activate(rows.entry("q1"))
    of.status = "trial"
    rows.activate(rows.entry("q2"))
    db.session.commit()
    assert [(one.facts.id, one.facts.trial) for one in stock(today()).live] == [
        ("q1", True),
        ("q2", False),
    ]


def test_times_shown_come_with_the_facts(app: Flask) -> None:
    of = rows.activate(rows.entry("q1"))
    assert [one.facts.exposure for one in stock(today()).live] == [0]
    of.times_shown = 7
    db.session.commit()
    assert [one.facts.exposure for one in stock(today()).live] == [7]


def test_a_change_is_seen_at_once(app: Flask) -> None:
    of = rows.activate(rows.entry("q1"))
    assert eligible() == ["q1"]
    of.status = "retired"
    db.session.commit()
    assert eligible() == []
    of.status = "active"
    db.session.commit()
    assert eligible() == ["q1"]
    db.session.execute(db.delete(Approval))
    db.session.commit()
    assert eligible() == []


def test_read_anew_it_trusts_no_mark(app: Flask) -> None:
    """What a mark cannot see, such as an approval turned round by hand, publishing still sees."""
    rows.activate(rows.entry("q1"))
    assert eligible() == ["q1"]
    db.session.execute(db.update(Approval).values(approves=False))
    db.session.commit()
    assert [one.facts.id for one in stock(today(), fresh=True).live] == []
