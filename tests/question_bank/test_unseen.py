"""Drawing for whoever sits again, and in sections: unseen first, the same once more from the seed."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from question_bank import Blueprint, DifficultyBand, Paper, Pool, QuestionFacts, Share, draw, supply
from question_bank.assembly import section_of
from tests.question_bank.strategies import facts
from tests.question_bank.test_assembly import assert_keeps_every_rule, bank, estimated, theory
from tests.question_bank.test_blueprint import blueprint_of, cell, small_banks

SECTIONS = (("F", "B"), ("A", "C"), ("D", "E"))


def ids_of(paper: Paper) -> set[str]:
    return {slot.question_id for slot in paper.slots}


@pytest.mark.parametrize("seed", ["", "一", "2"])
def test_three_papers_in_a_row_share_nothing(seed: str) -> None:
    blueprint, pool = theory(), bank(times=5)
    prepared, seen = Pool(blueprint, pool), set[str]()
    for number in range(3):
        paper = draw(blueprint, prepared, f"{seed}{number}", seen=seen)
        assert_keeps_every_rule(paper, blueprint, pool)
        assert not ids_of(paper) & seen
        seen |= ids_of(paper)


def test_nothing_seen_changes_nothing() -> None:
    assert draw(theory(), bank(), "s", seen=()) == draw(theory(), bank(), "s")
    assert draw(theory(), bank(), "s", seen={"of another exam"}).slots  # unknown ids do no harm


def test_it_is_the_same_again_and_the_order_of_the_list_says_nothing() -> None:
    blueprint, pool = theory(), bank(times=2)
    seen = sorted(ids_of(draw(blueprint, pool, "first")))
    again = draw(blueprint, pool, "s", seen=seen, sections=SECTIONS)
    assert again == draw(blueprint, pool, "s", seen=seen[::-1], sections=SECTIONS)
    assert again != draw(blueprint, pool, "s", sections=SECTIONS)


@settings(max_examples=80, deadline=None)
@given(small_banks(), st.text("abc", max_size=2), st.data())
def test_every_rule_holds_whatever_was_seen(
    bank_: tuple[Blueprint, list[QuestionFacts]], seed: str, data: st.DataObject
) -> None:
    blueprint, pool = bank_
    if not supply(blueprint, pool).is_enough:
        return
    every = sorted(one.id for one in pool)
    seen = set(data.draw(st.lists(st.sampled_from(every))))
    paper = draw(blueprint, pool, seed, seen=seen)
    assert_keeps_every_rule(paper, blueprint, pool)
    assert paper == draw(blueprint, pool, seed, seen=seen)
    fresh = [one for one in pool if one.id not in seen]
    plain = all(one.parts == 1 for one in blueprint.cells)
    if plain and supply(blueprint, fresh).is_enough:
        assert not ids_of(paper) & seen


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 6), st.integers(0, 12), st.integers(0, 9), st.text("ab", max_size=2))
def test_as_few_seen_as_a_cell_allows(count: int, more: int, met: int, seed: str) -> None:
    pool = [facts(n, "single_choice", "A", "use") for n in range(count + more)]
    seen = {one.id for one in pool[:met]}
    paper = draw(blueprint_of(cell("A", count)), pool, seed, seen=seen)
    unseen = len(pool) - len(seen & {one.id for one in pool})
    assert len(ids_of(paper) & seen) == max(0, count - unseen)


def test_levels_are_mended_by_unseen_questions_first() -> None:
    """One cell has too few left, so some were seen; the mending adds none."""
    pool = [facts(n, "single_choice", "A", "recall") for n in range(4)]
    pool += [facts(n, "single_choice", "B", ("recall", "judgement")[n % 2]) for n in range(12)]
    share = Share(at_least=Fraction(50))  # four of eight: all that B has left unseen
    table = blueprint_of(cell("A", 4), cell("B", 4), judgement=share)
    seen = {"A-single_choice-0000", *(f"B-single_choice-{n:04}" for n in (1, 3))}
    for number in range(20):
        paper = draw(table, pool, str(number), seen=seen)
        assert ids_of(paper) & seen == {"A-single_choice-0000"}


def test_the_difficulty_band_holds_for_whoever_sits_again() -> None:
    pool = estimated(bank(), Random(3))
    band = DifficultyBand(Fraction("0.60"), Fraction("0.62"))
    blueprint = blueprint_of(*theory().cells)
    seen = ids_of(draw(blueprint, pool, "first"))
    banded = Blueprint(id="b", title="b", cells=theory().cells, difficulty=band)
    paper = draw(banded, pool, "s", seen=seen)
    assert_keeps_every_rule(paper, banded, pool)
    assert not ids_of(paper) & seen


def test_sections_order_the_paper_and_choose_nothing() -> None:
    blueprint, pool = theory(), bank()
    paper = draw(blueprint, pool, "s", sections=SECTIONS)
    assert_keeps_every_rule(paper, blueprint, pool)
    assert ids_of(paper) == ids_of(draw(blueprint, pool, "s"))
    places = [section_of(slot.domain, SECTIONS) for slot in paper.slots]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2}
    kinds = list(dict.fromkeys(cell.kind for cell in blueprint.cells))
    for section in range(3):
        here = [s.kind for s in paper.slots if section_of(s.domain, SECTIONS) == section]
        assert here == sorted(here, key=kinds.index)
    assert Counter(places)[2] > Counter(places)[0]


def test_a_domain_in_no_section_stands_in_the_last() -> None:
    assert section_of("Z", SECTIONS) == 2
    assert section_of("Z", ()) == 0
