"""Drawing: the same seed gives the same paper, and every paper keeps every rule."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import (
    Blueprint,
    CannotDrawError,
    Cell,
    DifficultyBand,
    Exposure,
    Paper,
    Pool,
    QuestionFacts,
    Share,
    draw,
    facts_of,
    read_blueprint,
    read_questions,
    shown,
    supply,
)
from question_bank.facts import dump_facts, load_facts
from question_bank.generator import Generator
from question_bank.question import LEVELS
from question_bank.supply import ease_sum
from tests.question_bank.strategies import facts
from tests.question_bank.test_blueprint import blueprint_of, cell, small_banks

FILES = Path(__file__).parent / "files"


def theory() -> Blueprint:
    blueprint = read_blueprint((FILES / "blueprint-95.yaml").read_bytes(), "b").blueprint
    assert blueprint is not None
    return blueprint


def bank(times: int = 5, mix: str = "recall use use judgement recall") -> list[QuestionFacts]:
    """Make a bank that fills the theory blueprint several times over, with some enemies."""
    levels = mix.split()
    pool = []
    for one in theory().cells:
        for n in range(one.count * times):
            enemies = (f"{one.domain}-{one.kind}-{n + 1:04}",) if n % 5 == 0 else ()
            asked = [levels[(n + part) % len(levels)] for part in range(one.parts)]
            pool.append(facts(n, one.kind, one.domain, *asked, enemies=enemies))
    return pool


def assert_keeps_every_rule(paper: Paper, blueprint: Blueprint, pool: list[QuestionFacts]) -> None:
    known = {one.id: one for one in pool}
    chosen = [known[slot.question_id] for slot in paper.slots]
    assert len({one.id for one in chosen}) == len(chosen)
    wanted = {(one.domain, one.kind, one.parts): one.count for one in blueprint.cells}
    assert Counter(one.cell for one in chosen) == wanted
    levels = Counter(asked.level for one in chosen for asked in one.asked)
    for level, (low, high) in blueprint.level_bounds().items():
        assert low <= levels[level] <= high
    ids = {one.id for one in chosen}
    assert all(not one.enemies & ids for one in chosen)
    for slot in paper.slots:
        asked = known[slot.question_id].asked
        orders = [part.option_order for part in slot.parts] or [slot.option_order]
        assert [part.id for part in slot.parts] in ([], [one.id for one in asked])
        for order, one in zip(orders, asked, strict=True):
            assert sorted(order) == sorted(option for option, _ in one.options)
            for place, (option, locked) in enumerate(one.options):
                assert order[place] == option or not (locked or not one.shuffle)


@pytest.mark.parametrize("seed", ["", "一", "2", "3", "4", "5"])
@pytest.mark.parametrize(
    "mix", ["recall use use judgement recall", "recall recall recall use judgement"]
)
def test_a_theory_paper_keeps_every_rule(seed: str, mix: str) -> None:
    blueprint, pool = theory(), bank(mix=mix)
    paper = draw(blueprint, pool, seed)
    assert_keeps_every_rule(paper, blueprint, pool)
    assert sum(len(slot.parts) or 1 for slot in paper.slots) == 95
    kinds = list(dict.fromkeys(slot.kind for slot in paper.slots))
    assert kinds == ["single_choice", "true_false", "multiple_choice", "case_set"]


def test_the_order_of_the_pool_does_not_matter() -> None:
    blueprint, pool = theory(), bank()
    mixed = pool[:]
    Random(7).shuffle(mixed)
    assert draw(blueprint, mixed, "seed") == draw(blueprint, pool, "seed")
    assert draw(blueprint, Pool(blueprint, mixed), "seed") == draw(blueprint, pool, "seed")
    assert draw(blueprint, pool, "other").slots != draw(blueprint, pool, "seed").slots


PROGRAM = """
from tests.question_bank.test_assembly import bank, theory
from question_bank import draw
print(draw(theory(), bank(), "种子").fingerprint())
"""


def test_another_process_draws_the_same_paper() -> None:
    prints = {draw(theory(), bank(), "种子").fingerprint()}
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=Path(__file__).parents[2],
        )
        prints.add(done.stdout.strip())
    assert len(prints) == 1


def test_the_generator_gives_the_numbers_it_documents() -> None:
    numbers = Generator("2026", "1")
    assert [numbers.below(1000) for _ in range(6)] == GENERATOR_NUMBERS
    assert list(Generator("2026", "1").shuffled(list("abcdefgh"))) == GENERATOR_SHUFFLE
    with pytest.raises(ValueError, match="no number below 0"):
        numbers.below(0)


# Fixed: if these change, papers of the past can no longer be rebuilt.
PRINTS_OF_1 = {
    "": "f5f5cf78fe13cc82ccba7f883e7d2110525f6b74caa4a313b3ecf45c629e62d6",
    "一": "0adb6179c7709e9c512d0cd128db9b0072490dc205dbea1f45180c920fe026fb",
    "2026": "aeed228ab30df86a5f1a41cee6bdc3e89809ba822b67cbb9b8f7cc585d74b17a",
    "种子": "e64f0e63c22f440d1c544c48cabffd5eca61912a9263df2aea9853e53dda1447",
}
GENERATOR_NUMBERS = [759, 946, 985, 621, 409, 221]
GENERATOR_SHUFFLE = list("hbfecagd")


@pytest.mark.parametrize("seed", PRINTS_OF_1)
def test_papers_of_algorithm_1_are_rebuilt_to_the_letter(seed: str) -> None:
    old = Pool(theory(), bank(), "1")
    paper = draw(theory(), old, seed)
    assert paper.algorithm == "1"
    assert paper.fingerprint() == PRINTS_OF_1[seed]
    assert draw(theory(), bank(), seed).algorithm == "2"
    assert draw(theory(), bank(), seed).fingerprint() != PRINTS_OF_1[seed]


@given(st.integers(1, 1 << 64), st.text(max_size=5))
def test_numbers_stay_below_their_limit(limit: int, seed: str) -> None:
    assert 0 <= Generator(seed.encode("utf-8", "replace").decode()).below(limit) < limit


def test_each_question_is_drawn_about_equally_often() -> None:
    pool = [facts(n, "single_choice", "A", "use") for n in range(10)]
    blueprint = blueprint_of(cell("A", 3))
    prepared = Pool(blueprint, pool)
    drawn = Counter(
        slot.question_id
        for seed in range(1000)
        for slot in draw(blueprint, prepared, str(seed)).slots
    )
    assert len(drawn) == 10
    assert all(240 < times < 360 for times in drawn.values())


@settings(max_examples=100, deadline=None)
@given(small_banks(), st.text("abc", max_size=3))
def test_what_is_proved_can_be_drawn(
    bank_: tuple[Blueprint, list[QuestionFacts]], seed: str
) -> None:
    blueprint, pool = bank_
    found = supply(blueprint, pool)
    if found.is_enough:
        assert_keeps_every_rule(draw(blueprint, pool, seed), blueprint, pool)
    else:
        with pytest.raises(CannotDrawError) as caught:
            draw(blueprint, pool, seed)
        assert caught.value.shortages == found.shortages


def test_the_one_possible_pair_of_cases_is_found_among_many() -> None:
    pool = [facts(n, "case_set", "A", "recall", "recall") for n in range(40)]
    pool += [facts(n, "case_set", "A", "judgement", "judgement") for n in (90, 91)]
    blueprint = blueprint_of(cell("A", 2, parts=2), judgement=Share(at_least=Fraction(100)))
    paper = draw(blueprint, pool, "s")
    assert {slot.question_id for slot in paper.slots} == {"A-case_set-0090", "A-case_set-0091"}


def test_enemies_that_leave_nothing_are_explained() -> None:
    pool = [
        facts(n, "single_choice", "A", "use", enemies=("A-single_choice-0000",)) for n in (1, 2)
    ]
    pool.append(facts(0, "single_choice", "A", "use"))
    blueprint = blueprint_of(cell("A", 3))
    with pytest.raises(CannotDrawError, match="互斥") as caught:
        draw(blueprint, pool, "s")
    assert caught.value.shortages[0].where == "A 单选题"


def test_enmity_is_mutual_and_reaches_the_parts_of_a_case() -> None:
    case = facts(1, "case_set", "B", "use", "use")
    pool = [facts(n, "single_choice", "A", "use") for n in (1, 2)]
    pool.append(facts(3, "single_choice", "A", "use", enemies=(case.asked[1].id,)))
    blueprint = blueprint_of(cell("A", 2), cell("B", 1, parts=2))
    for seed in range(10):
        ids = {slot.question_id for slot in draw(blueprint, [*pool, case], str(seed)).slots}
        assert "A-single_choice-0003" not in ids


def test_two_versions_of_one_question_are_refused() -> None:
    pool = [facts(1, "single_choice", "A", "use")] * 2
    with pytest.raises(ValueError, match="one version"):
        draw(blueprint_of(cell("A", 1)), pool, "s")
    with pytest.raises(ValueError, match="another blueprint"):
        draw(blueprint_of(cell("A", 1)), Pool(blueprint_of(cell("A", 2)), pool[:1]), "s")


def test_a_drawn_slot_can_be_shown() -> None:
    report = read_questions((FILES / "questions-4-3.yaml").read_bytes(), "q")
    known = {question.id: question for question in report.questions}
    pool = [facts_of(question) for question in report.questions]
    assert [load_facts(dump_facts(one)) for one in pool] == pool
    cells = (
        Cell("E", "single_choice", 2, Fraction(1)),
        Cell("E", "true_false", 1, Fraction(1)),
        Cell("F", "case_set", 1, Fraction(1), parts=3),
    )
    paper = draw(blueprint_of(*cells), pool, "s")
    for slot in paper.slots:
        told: Any = shown(known[slot.question_id], slot.order)
        first = told["parts"][0] if slot.parts else told
        order = slot.parts[0].option_order if slot.parts else slot.option_order
        assert tuple(option["id"] for option in first["options"]) == order
    assert {one.asked[0].level for one in pool} <= set(LEVELS)


def estimated(pool: list[QuestionFacts], chance: Random) -> list[QuestionFacts]:
    """Give every question an estimate and a number of times shown."""
    return [
        replace(
            one,
            exposure=chance.randrange(40),
            asked=tuple(replace(part, ease=chance.randrange(300, 950)) for part in one.asked),
        )
        for one in pool
    ]


@pytest.mark.parametrize(("least", "most"), [("0.50", "0.52"), ("0.70", "0.72"), ("0.61", "0.63")])
def test_the_mean_difficulty_is_brought_into_its_band(least: str, most: str) -> None:
    pool = estimated(bank(), Random(1))
    band = DifficultyBand(Fraction(least), Fraction(most))
    blueprint = replace(theory(), difficulty=band)
    known = {one.id: one for one in pool}
    for seed in "123":
        paper = draw(blueprint, pool, seed)
        assert_keeps_every_rule(paper, blueprint, pool)
        eases = [ease_sum(known[slot.question_id]) for slot in paper.slots]
        assert Fraction(least) <= Fraction(sum(eases), 95_000) <= Fraction(most)


def test_a_difficulty_out_of_reach_is_explained() -> None:
    easy = [
        replace(one, asked=(replace(one.asked[0], ease=900),))
        for one in (facts(n, "single_choice", "A", "use") for n in range(4))
    ]
    hard = replace(blueprint_of(cell("A", 2)), difficulty=DifficultyBand(at_most=Fraction(1, 2)))
    with pytest.raises(CannotDrawError, match=r"只能在 0\.90–0\.90 之间") as caught:
        draw(hard, easy, "s")
    assert caught.value.shortages[0].where == "难度"
    # Either one very hard or one very easy: the ends reach the band, no paper does.
    apart = [replace(easy[0], asked=(replace(easy[0].asked[0], ease=100),)), easy[1]]
    one = replace(
        blueprint_of(cell("A", 1)), difficulty=DifficultyBand(Fraction(4, 10), Fraction(6, 10))
    )
    with pytest.raises(CannotDrawError, match="难易不同的题") as caught:
        draw(one, apart, "s")
    assert caught.value.shortages[0].where == "难度"


def test_what_nobody_estimated_counts_as_medium() -> None:
    pool = [facts(n, "single_choice", "A", "use") for n in range(3)]
    band = DifficultyBand(Fraction("0.67"), Fraction("0.67"))
    assert supply(replace(blueprint_of(cell("A", 2)), difficulty=band), pool).is_enough


def test_the_least_shown_come_first() -> None:
    pool = [replace(facts(n, "single_choice", "A", "use"), exposure=n) for n in range(30)]
    by_one = replace(blueprint_of(cell("A", 5)), exposure=Exposure())
    paper = draw(by_one, pool, "s")
    assert {slot.question_id for slot in paper.slots} == {one.id for one in pool[:5]}
    by_ten = replace(by_one, exposure=Exposure(step=10))
    drawn = Counter(
        slot.question_id for seed in range(60) for slot in draw(by_ten, pool, str(seed)).slots
    )
    assert set(drawn) == {one.id for one in pool[:10]}


def test_what_was_shown_too_often_leaves_the_draw_and_is_counted() -> None:
    pool = [replace(facts(n, "single_choice", "A", "use"), exposure=n) for n in range(6)]
    capped = replace(blueprint_of(cell("A", 3)), exposure=Exposure(at_most=3))
    for seed in range(9):
        ids = {slot.question_id for slot in draw(capped, pool, str(seed)).slots}
        assert ids == {one.id for one in pool[:3]}
    with pytest.raises(CannotDrawError, match="另有 3 题出现次数到了上限"):
        draw(replace(capped, cells=(cell("A", 4),)), pool, "s")


def test_questions_on_trial_are_mixed_in_without_marks() -> None:
    pool = bank()
    trial = [
        replace(facts(9000 + n, "single_choice", domain, "use"), trial=True, exposure=n)
        for n, domain in enumerate("ABCDEF")
    ]
    trial[0] = replace(trial[0], enemies=frozenset({trial[1].id}))
    blueprint = replace(theory(), trial=4)
    scored = {one.id for one in pool}
    places = set()
    for seed in range(12):
        paper = draw(blueprint, [*pool, *trial], str(seed))
        mixed = [slot for slot in paper.slots if slot.trial]
        assert len(mixed) == 4
        assert all(slot.marks == 0 for slot in mixed)
        assert not {trial[0].id, trial[1].id} <= {slot.question_id for slot in mixed}
        assert not scored & {slot.question_id for slot in mixed}
        kept = replace(paper, slots=tuple(slot for slot in paper.slots if not slot.trial))
        assert_keeps_every_rule(kept, theory(), pool)
        assert sum(slot.marks * (len(slot.parts) or 1) for slot in paper.slots) == 100
        places |= {place for place, slot in enumerate(paper.slots) if slot.trial}
    assert len(places) > 12
    with pytest.raises(CannotDrawError, match="可用的只有 6"):
        draw(replace(blueprint, trial=7), [*pool, *trial], "s")


def test_everything_asked_at_once_is_kept_and_rebuilt() -> None:
    pool = estimated(bank(), Random(4))
    pool += [replace(facts(9000 + n, "true_false", "A", "use"), trial=True) for n in range(8)]
    blueprint = replace(
        theory(),
        difficulty=DifficultyBand(Fraction("0.60"), Fraction("0.64")),
        exposure=Exposure(step=10, at_most=35),
        trial=5,
    )
    prepared = Pool(blueprint, pool)
    for seed in "ab":
        paper = draw(blueprint, prepared, seed)
        assert paper == draw(blueprint, list(reversed(pool)), seed)
        assert [load_facts(dump_facts(one)) for one in pool] == pool
        kept = replace(paper, slots=tuple(slot for slot in paper.slots if not slot.trial))
        assert_keeps_every_rule(kept, blueprint, pool)


def test_an_old_algorithm_knows_no_new_demand() -> None:
    pool = [facts(1, "single_choice", "A", "use")]
    with pytest.raises(ValueError, match="knew no difficulty"):
        Pool(replace(blueprint_of(cell("A", 1)), trial=1), pool, "1")
    with pytest.raises(ValueError, match="no papers were ever drawn"):
        Generator("s", "3")


@settings(max_examples=60, deadline=None)
@given(small_banks(), st.text("abc", max_size=2), st.randoms(), st.sampled_from([1, 10]))
def test_exposure_never_makes_a_feasible_blueprint_fail(
    bank_: tuple[Blueprint, list[QuestionFacts]], seed: str, chance: Random, step: int
) -> None:
    blueprint, pool = bank_
    shown_often = estimated(pool, chance)
    asked = replace(blueprint, exposure=Exposure(step=step))
    if supply(blueprint, pool).is_enough:
        assert_keeps_every_rule(draw(asked, shown_often, seed), blueprint, shown_often)
