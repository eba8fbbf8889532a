"""Near-duplicates against the bank: found after every saving, true to the database, cheap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app import clock
from app.bank import alike, writing
from app.extensions import db
from app.models.people import Role
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
