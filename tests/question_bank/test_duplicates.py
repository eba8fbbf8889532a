"""Near-duplicates: found however they are disguised, and exactly those a full comparison finds."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import question_bank
from question_bank import Question, load, read_folder
from question_bank.duplicates import (
    CONTAINED,
    MOST,
    Index,
    differences,
    near_among,
    shingles_of,
    text_of,
)
from tests.question_bank.strategies import FEWER, questions, single

MANY = 40
CONTENT = Path(question_bank.__file__).parent / "content"
STEM = "82岁的沈阿婆来看骨科，候诊二十分钟后，她答非所问，也认不出陪诊师。前面还有6个号。怎么做？"
FIRST = load(single(id="first", stem=STEM))


@pytest.mark.parametrize(
    "stem",
    [
        STEM,
        STEM.replace("82", "79").replace("6个", "11个"),
        STEM.replace("沈阿婆", "顾伯伯").replace("她", "他"),
        STEM.replace("，", ",").replace("。", " . ").replace("82", "８２"),
        "早上九点，" + STEM,
        STEM.replace("候诊二十分钟后，", ""),
    ],
)
def test_a_disguised_copy_is_found(stem: str) -> None:
    (near,) = Index([FIRST]).near(load(single(id="second", stem=stem)))
    assert near.id == "first"
    assert near.score >= 0.7
    assert near.shared > 30


def test_figures_alone_make_no_difference() -> None:
    other = load(single(id="second", stem=STEM.replace("82", "9").replace("6个", "23个")))
    assert Index([FIRST]).near(other, 1)[0].score == 1
    assert differences(FIRST, other) == [("82", "9"), ("6", "23")]


def test_another_question_is_not_a_duplicate() -> None:
    options = [{"id": "o1", "text": "借轮椅"}, {"id": "o2", "text": "看地图"}]
    stem = "刚到医院门口，老人说走不动。先做什么？"
    assert Index([FIRST]).near(load(single(id="x", stem=stem, options=options))) == []
    shipped = read_folder(CONTENT).questions
    index = Index(shipped)
    assert [near for question in shipped for near in index.near(question)] == []


def test_a_new_version_replaces_and_a_forgotten_one_is_gone() -> None:
    index = Index([FIRST])
    changed = replace(FIRST, stem="完全另一道题，讲的是取药窗口。", options=())
    index.add(changed)
    copy = replace(FIRST, id="copy")
    assert len(index) == 1
    assert index.near(copy) == []
    assert [near.id for near in index.near(replace(changed, id="copy"))] == ["first"]
    assert index.near(changed) == []
    index.discard("first")
    index.discard("nobody")
    assert len(index) == 0
    assert index.near(replace(changed, id="copy")) == []


def test_kept_texts_find_what_the_questions_find() -> None:
    made = [replace(FIRST, id=f"q{n:02}", stem=STEM[n:]) for n in range(MANY)]
    kept = Index()
    for number, one in enumerate(made):
        kept.add_text(one.id, text_of(one))
        if number % 10 == 0:
            kept.near(FIRST)  # asking in between loses nothing
    assert kept.near_text(text_of(FIRST), FIRST.id) == Index(made).near(FIRST)
    assert kept.near_text(text_of(made[0]), made[0].id)[0].id == "q01"
    assert "q00" in kept
    assert "elsewhere" not in kept


def test_a_question_with_common_and_rare_shingles_is_counted_whole() -> None:
    """Of 24 shared pairs many questions have 23, and one nobody else: the score is just reached."""
    signs = [chr(sign) for sign in range(0x4E00, 0x9000)]
    text = "".join(signs[:38])  # 37 pairs, none twice
    kept = Index()
    kept.add_text("near", text[:25] + "".join(signs[-12:]))  # 36 pairs, 24 of them shared
    for number in range(MANY):
        kept.add_text(f"q{number}", text[:24] + "".join(signs[100 * number + 100 :][:60]))
    (near,) = kept.near_text(text)
    assert (near.id, near.shared) == ("near", 24)
    assert near.score == pytest.approx(0.6)


def test_all_are_given_where_all_are_wanted_and_only_those_that_may_be() -> None:
    made = [replace(FIRST, id=f"q{n:02}") for n in range(MOST + 10)]
    kept, shingles = Index(made), shingles_of(text_of(FIRST))
    assert [one.id for one in kept.near_shingles(shingles, most=None)] == [one.id for one in made]
    found = kept.near_shingles(shingles, among=lambda name: name > "q05", most=3)
    assert [one.id for one in found] == ["q06", "q07", "q08"]


def test_the_best_come_first_and_not_too_many() -> None:
    index = Index(replace(FIRST, id=f"q{n:02}") for n in range(MOST + 5))
    index.add(replace(FIRST, id="worse", stem=STEM[10:]))
    found = index.near(FIRST)
    assert [near.id for near in found] == [f"q{n:02}" for n in range(MOST)]


def test_a_threshold_must_lie_between_zero_and_one() -> None:
    for threshold in (0, -1, 1.01):
        with pytest.raises(ValueError, match="threshold"):
            Index().near(FIRST, threshold)


SHORT_STEMS = st.text("甲乙丙丁", min_size=1, max_size=14)


def score(one: Question, other: Question) -> float:
    a, b = shingles_of(text_of(one)), shingles_of(text_of(other))
    if not a or not b:
        return 0
    jaccard = len(a & b) / len(a | b)
    shorter, longer = sorted((len(a), len(b)))
    return max(jaccard, CONTAINED * len(a & b) / shorter) if 2 * shorter >= longer else jaccard


@settings(max_examples=150, deadline=None)
@given(
    st.lists(SHORT_STEMS, min_size=1, max_size=MANY),
    SHORT_STEMS,
    st.sampled_from([0.2, 0.5, 0.6, 0.85, 0.95, 1]),
)
def test_the_index_finds_what_comparing_everything_finds(
    stems: list[str], asked: str, threshold: float
) -> None:
    made = [replace(FIRST, id=f"q{n:02}", stem=stem, options=()) for n, stem in enumerate(stems)]
    new = replace(FIRST, id="new", stem=asked, options=())
    found = {near.id: near.score for near in Index(made).near(new, threshold)}
    expected = {one.id: score(one, new) for one in made}
    expected = {name: value for name, value in expected.items() if value >= threshold - 1e-9}
    assert len(found) == min(MOST, len(expected))
    assert all(value == pytest.approx(expected[name]) for name, value in found.items())
    texts = {one.id: text_of(one) for one in made}
    slowly = near_among(texts, shingles_of(text_of(new)), threshold)
    assert {near.id: near.score for near in slowly} == found
    assert sorted(found.values())[:1] >= sorted(expected.values())[-MOST:][:1]


@FEWER
@given(questions())
def test_every_question_is_its_own_copy(question: Question) -> None:
    found = Index([question]).near(replace(question, id=question.id + "x"))
    assert [near.score for near in found] == ([1] if len(text_of(question)) > 1 else [])
    assert differences(question, question) == []
