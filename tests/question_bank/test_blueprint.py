"""The blueprint as a file, and the proof that a bank can fill it."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import (
    Blueprint,
    Cell,
    QuestionError,
    QuestionFacts,
    Share,
    dump_blueprint,
    load_blueprint,
    read_blueprint,
    read_blueprints,
    read_folder,
    shortages,
    supply,
    write_blueprint,
)
from question_bank.question import LEVELS
from question_bank.supply import level_sum
from tests.question_bank.strategies import facts

THEORY = (Path(__file__).parent / "files" / "blueprint-95.yaml").read_bytes()


def body(**fields: Any) -> dict[str, Any]:
    return {
        "format": "peizhen.blueprint",
        "format_version": "1.0",
        "id": "b",
        "title": "表",
        "cells": [{"domain": "E", "kind": "single_choice", "count": 2, "marks": 1}],
    } | fields


def test_the_theory_blueprint_reads_and_adds_up() -> None:
    report = read_blueprint(THEORY, "blueprint-95.yaml")
    assert report.problems == ()
    blueprint = report.blueprint
    assert blueprint is not None
    assert blueprint.questions == 95
    assert blueprint.marks == Fraction(100)
    assert blueprint.level_bounds() == {"recall": (0, 38), "use": (38, 95), "judgement": (19, 95)}
    assert load_blueprint(dump_blueprint(blueprint)) == blueprint
    assert read_blueprint(write_blueprint(blueprint).encode(), "b").blueprint == blueprint


def test_the_newer_demands_survive_a_round_trip() -> None:
    asked = body(
        difficulty={"at_least": 0.6, "at_most": "7/10"},
        exposure={"step": 10, "at_most": 200},
        trial=5,
    )
    blueprint = load_blueprint(asked)
    assert blueprint.difficulty is not None
    assert blueprint.difficulty.bounds(10) == (6000, 7000)
    assert load_blueprint(dump_blueprint(blueprint)) == blueprint
    assert read_blueprint(write_blueprint(blueprint).encode(), "b").blueprint == blueprint
    assert (
        set(dump_blueprint(load_blueprint(body()))) & {"difficulty", "exposure", "trial"} == set()
    )


def test_a_folder_of_blueprints_is_read_apart_from_the_questions(tmp_path: Path) -> None:
    inner = tmp_path / "blueprints"
    inner.mkdir()
    for name in ("a.yaml", "b.yaml"):
        (inner / name).write_bytes(THEORY)
    first, second = read_blueprints(tmp_path)
    assert first.blueprint is not None
    assert second.blueprint is None
    assert "blueprints/a.yaml" in second.problems[0].message
    assert read_folder(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"cells": []}, "cells"),
        ({"cells": [{"domain": "E", "kind": "essay", "count": 2, "marks": 1}]}, "cells[1].kind"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 0, "marks": 1}]}, "cells[1].count"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 1, "marks": "x"}]}, "cells[1].marks"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 1, "marks": -1}]}, "cells[1].marks"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 1, "marks": "1/0"}]}, "cells[1].marks"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 1, "marks": "1e999999999"}]}, "cells[1].marks"),
        ({"cells": [{"domain": "E", "kind": "case_set", "count": 1, "marks": 1}]}, "cells[1].parts"),
        ({"cells": [{"domain": "E", "kind": "true_false", "count": 1, "marks": 1, "parts": 3}]}, "cells[1].parts"),
        ({"cells": body()["cells"] * 2}, "cells[2]"),
        ({"domains": {"A": "伦理"}}, "cells[1].domain"),
        ({"levels": {"recall": {"at_most": 0}, "use": {"at_most": 0}, "judgement": {"at_most": 0}}}, "levels"),
        ({"levels": {"use": {"at_least": 60, "at_most": 40}}}, "levels.use"),
        ({"levels": {"usage": {"at_least": 60}}}, "levels.usage"),
        ({"total": {"questions": 3}}, "total.questions"),
        ({"total": {"marks": 2.5}}, "total.marks"),
        ({"totl": {}}, "totl"),
        ({"difficulty": {"at_least": 0.8, "at_most": 0.6}}, "difficulty"),
        ({"difficulty": {"at_most": 65}}, "difficulty"),
        ({"difficulty": {"mean": 0.6}}, "difficulty.mean"),
        ({"exposure": {"step": 0}}, "exposure.step"),
        ({"exposure": {"at_most": "many"}}, "exposure.at_most"),
        ({"trial": -1}, "trial"),
        ({"trial": 1, "cells": [{"domain": "E", "kind": "case_set", "count": 1, "parts": 2, "marks": 1}]}, "trial"),
    ],
)  # fmt: skip
def test_a_faulty_table_names_the_place(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(QuestionError) as caught:
        load_blueprint(body(**fields))
    assert place in [fault.place for fault in caught.value.faults]


def test_a_fault_in_a_file_has_its_line() -> None:
    report = read_blueprint(THEORY.replace(b"marks: 100", b"marks: 99"), "b.yaml")
    assert report.blueprint is None
    line = THEORY.decode().splitlines().index("total: {questions: 95, marks: 100}") + 1
    assert [(one.line, one.place) for one in report.problems] == [(line, "total.marks")]
    assert "100" in report.problems[0].message
    assert "UTF-8" in read_blueprint(b"\xff", "b").problems[0].message
    assert read_blueprint(b"", "b").problems[0].line == 1


def blueprint_of(*cells: Cell, **levels: Share) -> Blueprint:
    return Blueprint(id="b", title="表", cells=cells, levels=levels)


def cell(domain: str, count: int, parts: int = 1) -> Cell:
    return Cell(domain, "case_set" if parts > 1 else "single_choice", count, Fraction(1), parts)


def test_short_cells_are_named_with_need_and_have() -> None:
    pool = [facts(n, "single_choice", "A", "use") for n in range(7)]
    pool.append(facts(1, "case_set", "B", "use", "use"))
    blueprint = blueprint_of(cell("A", 3), cell("B", 1, parts=3), cell("C", 2))
    found = supply(blueprint, pool)
    assert [(short.where, short.need, short.have) for short in found.shortages] == [
        ("B 案例题", 1, 0),
        ("C 单选题", 2, 0),
    ]
    assert "还差 2" in found.shortages[1].message
    assert found.cells[0].times == Fraction(7, 3)
    assert found.times == 0
    assert found.cells[0].by_level == {"recall": 0, "use": 7, "judgement": 0}


def test_a_level_that_cannot_be_reached_is_named() -> None:
    pool = [facts(n, "single_choice", "A", "recall" if n < 4 else "use") for n in range(6)]
    blueprint = blueprint_of(cell("A", 4), judgement=Share(at_least=Fraction(20)))
    (short,) = shortages(blueprint, pool)
    assert (short.where, short.need, short.have) == ("判断", 1, 0)
    too_many = blueprint_of(cell("A", 4), recall=Share(at_most=Fraction(25)))
    (short,) = shortages(too_many, pool)
    assert (short.where, short.need, short.have) == ("识记", 1, 2)


def test_levels_that_only_clash_together_are_found() -> None:
    # One case brings either all use or all judgement: half and half is out of reach.
    pool = [
        facts(1, "case_set", "A", "use", "use"),
        facts(2, "case_set", "A", "judgement", "judgement"),
    ]
    half = Share(at_least=Fraction(50))
    (short,) = shortages(blueprint_of(cell("A", 1, parts=2), use=half, judgement=half), pool)
    assert short.where == "层次比例"


@st.composite
def small_banks(draw: st.DrawFn) -> tuple[Blueprint, list[QuestionFacts]]:
    level = st.sampled_from(LEVELS)
    pool, cells = [], []
    for domain in "AB"[: draw(st.integers(1, 2))]:
        levels = draw(st.lists(level, min_size=1, max_size=4))
        pool += [facts(n, "single_choice", domain, one) for n, one in enumerate(levels)]
        cells.append(cell(domain, draw(st.integers(1, len(levels)))))
    cases = draw(st.lists(st.tuples(level, level), max_size=3))
    if cases:
        pool += [facts(n, "case_set", "C", *levels) for n, levels in enumerate(cases)]
        cells.append(cell("C", draw(st.integers(1, min(2, len(cases)))), parts=2))
    low = {one: draw(st.sampled_from([0, 0, 20, 34, 50])) for one in LEVELS}
    high = {one: draw(st.sampled_from([100, 100, 67, 50, 34])) for one in LEVELS}
    shares = {one: Share(Fraction(low[one]), Fraction(high[one])) for one in LEVELS}
    return blueprint_of(*cells, **shares), pool


def can_be_filled(blueprint: Blueprint, pool: list[QuestionFacts]) -> bool:
    """Try every selection there is."""
    bounds = blueprint.level_bounds()
    choices = [
        combinations([one for one in pool if one.domain == cell.domain], cell.count)
        for cell in blueprint.cells
    ]
    for chosen in product(*choices):
        sums: Counter[str] = Counter()
        for facts_ in (one for some in chosen for one in some):
            sums.update(dict(zip(LEVELS, level_sum(facts_), strict=True)))
        if all(low <= sums[one] <= high for one, (low, high) in bounds.items()):
            return True
    return False


@settings(max_examples=100, deadline=None)
@given(small_banks())
def test_the_proof_agrees_with_trying_everything(
    bank: tuple[Blueprint, list[QuestionFacts]],
) -> None:
    blueprint, pool = bank
    assert supply(blueprint, pool).is_enough == can_be_filled(blueprint, pool)
