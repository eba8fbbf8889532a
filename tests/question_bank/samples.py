"""A question of each kind that is not a choice, for the tests of their tables and faults."""

from pathlib import Path
from typing import Any

from question_bank import Question, load, read_questions
from tests.question_bank.strategies import single

EXAMPLE = (Path(__file__).parent / "files" / "questions-4-3.yaml").read_bytes()


def example(name: str) -> Question:
    found = read_questions(EXAMPLE, "q").questions
    return next(one for one in found if one.id == name)


ORDERING, MATCHING, FILL_IN = (example(name) for name in ("q43-009", "q43-010", "q43-011"))
ALONE = {"options": None, "key": None, "pool": "practice"}


def made(kind: str, **fields: Any) -> Question:
    return load(single(kind=kind, **(ALONE | fields)))


NUMERIC = made(
    "numeric",
    answers=[{"value": 120, "tolerance": 5}, {"value": 100, "tolerance": 1, "fraction": "1/2"}],
    unit="mmHg",
    units=[{"text": "kPa", "factor": 7.5}],
)
RUBRIC = [
    {"id": "c1", "text": "说清时间", "points": 2},
    {"id": "c2", "text": "语气", "points": 1, "anchors": [{"points": 1, "text": "平和"}]},
]
SHORT = made("short_answer", rubric=RUBRIC, longest=20)
UPLOAD = made("upload", rubric=RUBRIC, accepts=["audio"], most_files=2, largest_mb=1)
DESCRIPTION = made("description", level=None)
