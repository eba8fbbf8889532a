"""Our own export, untouched, says nothing new: a question of every kind, through every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app import clock
from app.bank import writing
from app.extensions import db
from app.models.people import Role
from question_bank import KINDS, Question, read_folder
from question_bank.pieces import Medium
from question_bank.writers.losses import losses
from tests import factories
from tests.question_bank import samples

pytestmark = pytest.mark.rows
FORMATS = ("gift", "text", "word", "moodle_xml", "qti", "excel", "csv", "yaml", "archive")
CONTENT = Path("question_bank/content/module-1")
TABLE = Medium("价目", "table", "各科的价目", rows=(("普通", "专家"), ("50", "80")))


def every_kind() -> list[Question]:
    """Return questions of every kind; some with a rule said by name, reasons, a table, a lock."""
    ours: dict[str, Question] = {}
    for one in read_folder(CONTENT).questions:
        ours.setdefault(one.kind, one)
        if one.kind == "matching" and one.rule:
            ours[one.kind] = one
    several = ours["multiple_choice"]
    first = several.options[0]
    more = [
        replace(
            several,
            rule="missing_partly_wrong_zero",
            options=(replace(first, lock=True), *several.options[1:]),
        ),
        replace(ours["single_choice"], media=(TABLE,)),
        samples.ORDERING,
        samples.MATCHING,
        samples.FILL_IN,
        samples.NUMERIC,
        replace(samples.NUMERIC, answers=tuple(reversed(samples.NUMERIC.answers)), shuffle=False),
        samples.SHORT,
        replace(samples.SHORT, model_answer="您好，我是陪诊师。"),
        samples.UPLOAD,
        samples.DESCRIPTION,
    ]
    half = replace(samples.FILL_IN.blanks[0], match_case=True, width=4)
    more.append(replace(samples.FILL_IN, blanks=(half, *samples.FILL_IN.blanks[1:])))

    found = [*ours.values(), *(replace(one, id=f"m-{n}") for n, one in enumerate(more))]
    return [replace(one, pool="practice", enemies=(), status="draft") for one in found]


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_new_comes_back(app: Flask, tmp_path: Path, name: str) -> None:
    author = factories.user(Role.ITEM_WRITER, login_name="anna")
    questions = every_kind()
    assert {one.kind for one in questions} == set(KINDS)
    for number, one in enumerate(questions):
        # Each a text of its own: of two that read alike, one would be taken for the other.
        told = f"第 {number} 件事：" + (one.scene or one.stem)
        own = replace(one, scene=told) if one.kind == "case_set" else replace(one, stem=told)
        writing.create(own, actor=author, now=clock.now())
    db.session.commit()
    run = app.test_cli_runner().invoke
    file = tmp_path / "all"
    run(args=["bank", "export", "--format", name, "--pool", "all", "--output", str(file)])
    back = run(args=["bank", "import", str(file), "--dry-run", "--by", "anna"])
    assert " 0 题新，0 题成为新版，" in back.output, back.output
    same = int(back.output.partition("成为新版，")[2].partition(" ")[0])
    lost = [] if name == "archive" else losses(questions, name)
    left_out = {code for loss in lost if not loss.field for code in loss.ids}
    assert same == len(questions) - len(left_out), back.output
