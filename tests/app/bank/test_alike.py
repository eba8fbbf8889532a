"""Near-duplicates against the bank: found after every saving, true to the database, cheap."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import alike, writing
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionSearch
from app.models.people import Role
from question_bank.duplicates import THRESHOLD, shingles_of, similarity, text_of
from tests import factories
from tests.app.bank import rows

pytestmark = pytest.mark.rows

STEM = "82岁的沈阿婆来看骨科，候诊二十分钟后，她答非所问，也认不出陪诊师。怎么做？"
BOTH = ("live", "practice")


def test_it_works(app: Flask) -> None:
    old = rows.entry("old", stem=STEM, pool="practice")
    rows.entry("other", stem="取药窗口前排着长队，老人说想坐一会儿，轮椅在哪里借？")
    copy = rows.question("new", stem=STEM.replace("沈阿婆", "顾阿婆").replace("82", "79"))
    (found,) = alike.near(copy, pools=BOTH)
    assert (found.entry_id, found.code, found.pool) == (old.id, "old", "practice")
    assert 0.6 <= found.score <= 1
    assert alike.near(copy, pools=["live"]) == []
    assert alike.near(replace(copy, id="old"), pools=BOTH) == []


def test_a_new_version_is_what_counts(app: Flask) -> None:
    writer = factories.user(Role.ITEM_WRITER)
    entry = rows.entry("old", author=writer, stem=STEM)
    copy = rows.question("new", stem=STEM)
    assert alike.near(copy, pools=BOTH)
    changed = replace(rows.body(entry), stem="取药窗口前排着长队，老人想坐，轮椅在哪里借？")
    writing.save(entry, changed, base=1, actor=writer, now=clock.now())
    db.session.commit()
    assert alike.near(copy, pools=BOTH) == []
    assert [one.code for one in alike.near(replace(changed, id="x"), pools=BOTH)] == ["old"]


def test_what_was_rolled_back_is_not_told(app: Flask) -> None:
    copy = rows.question("new", stem=STEM)
    writer = factories.user(Role.ITEM_WRITER)
    writing.create(rows.question("gone", stem=STEM), actor=writer, now=clock.now())
    assert [one.code for one in alike.near(copy, pools=BOTH)] == ["gone"]
    db.session.rollback()
    assert alike.near(copy, pools=BOTH) == []


def test_many_at_once_cost_the_same_number_of_queries(app: Flask) -> None:
    rows.entry("old", stem=STEM)
    asked = [rows.question(f"n{n}", stem=STEM[n:]) for n in range(20)]
    alike.near(asked[0], pools=BOTH)  # takes in what is new
    counts = []
    for some in (asked[:1], asked):
        with rows.counted() as queries:
            found = alike.near_many(some, pools=BOTH)
        assert all(one[0].code == "old" for one in found)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4


def test_while_the_index_grows_nothing_is_missed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "STEP", 2)
    for number in range(7):
        rows.entry(f"b{number}", stem=STEM + "甲乙丙丁戊己庚"[number])
    copy = rows.question("new", stem=STEM)
    for asked in range(6):
        found = alike.near_many([copy], pools=BOTH)[0]
        assert len(found) == alike.SHOWN
        assert {one.code for one in found} <= {f"b{number}" for number in range(7)}
        kept = app.extensions[alike.EXTENSION]
        assert len(kept.waiting) == max(0, 7 - 2 * (asked + 1))
        assert len(kept.index) + len(kept.waiting) == 7
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "b0")).one()
    changed = replace(rows.body(entry), stem="取药窗口前排着长队，老人想坐，轮椅在哪里借？")
    writing.save(entry, changed, base=1, actor=factories.user(Role.ITEM_WRITER), now=clock.now())
    db.session.commit()
    monkeypatch.setattr(alike, "STEP", 0)  # the new version waits, the old one is not told
    assert "b0" not in [one.code for one in alike.near(copy, pools=BOTH)]
    assert [one.code for one in alike.near(replace(changed, id="x"), pools=BOTH)] == ["b0"]


def test_a_file_is_compared_as_comparing_each_with_each_would(app: Flask) -> None:
    chance = random.Random(11)
    pieces = ["先去窗口", "找护士问", "量好血压", "打印报告", "通知家属", "等下午号", "核对证件"]
    stems = ["".join(chance.choices(pieces, k=6)) for _n in range(60)]
    for number, stem in enumerate(stems[:25]):
        pool = "live" if number % 5 == 0 else "practice"
        rows.entry(f"b{number:02}", stem=stem, pool=pool)
    asked = [rows.question(f"f{number:02}", stem=stem) for number, stem in enumerate(stems[25:])]
    texts = [text_of(one) for one in asked]
    told: list[int] = []
    found = alike.near_in_file(
        asked, [shingles_of(text) for text in texts], pools=["practice"], tick=told.append
    )
    assert told == list(range(1, len(asked) + 1))
    bank = {row.entry_id: row.alike for row in db.session.scalars(select(QuestionSearch))}
    practice = db.session.scalars(
        select(QuestionEntry.id).where(QuestionEntry.pool == "practice")
    ).all()
    met = 0
    for number, (text, (in_bank, in_file)) in enumerate(zip(texts, found, strict=True)):
        near = {one: similarity(text, bank[one]) for one in practice}
        near = {one: score for one, score in near.items() if score >= THRESHOLD - 1e-9}
        best = sorted(near.values(), reverse=True)[: alike.SHOWN]
        assert [one.score for one in in_bank] == pytest.approx(best)
        assert all(near[one.entry_id] == pytest.approx(one.score) for one in in_bank)
        earlier = {str(n): similarity(text, other) for n, other in enumerate(texts[:number], 1)}
        same = {one: score for one, score in earlier.items() if score >= THRESHOLD - 1e-9}
        assert {one.id: one.score for one in in_file} == pytest.approx(same)
        met += len(in_bank) + len(in_file)
    assert met > 20
    # Nothing of the file stays behind in what the process keeps of the bank.
    assert [one.code for one in alike.near(asked[0], pools=BOTH) if one.code[0] == "f"] == []
