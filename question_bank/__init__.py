"""WHAT A QUESTION IS. Pure Python: no web, no database, no clock.

Read the files that ship with the product, or somebody's upload::

    report = read_questions(data, "lesson-4-3.yaml")
    report.questions, report.problems, report.skipped

Keep a question as one JSON body, and its key apart from it::

    body, key = dump(question), key_of(question)
    question = load(body)

Read and write the formats of others; what one cannot hold is said before it is written::

    report = read_any(data, "upload.zip", defaults=Defaults(domain="E", lesson="4.3", level="use"))
    losses(questions, "gift"), write_as(questions, "gift", report.attachments)

Ask it, take an answer, mark it (the key may have been mended since)::

    shown(question, slot.order)                    # all that may leave the server
    response = parse_response(question, raw)       # ResponseFormatError: not an answer
    fraction = mark_response(question, key, response, "missing_partly_wrong_zero")
    result = grade(total([Mark(fraction, slot.marks)]))
    passes(result, 60)

Prove that the bank can fill a blueprint, and draw a paper that can be rebuilt from its seed::

    pool = [facts_of(question) for question in approved]
    supply(blueprint, pool).shortages
    paper = draw(blueprint, pool, seed)
"""

from question_bank.asking import (
    check_key,
    key_of,
    mark_parts,
    mark_response,
    parse_response,
    parts_for_people,
    raw_response,
    say_key,
    say_response,
    shown,
)
from question_bank.assembly import CannotDrawError, Paper, Slot, SlotPart, draw
from question_bank.blueprint import (
    Blueprint,
    Cell,
    DifficultyBand,
    Exposure,
    Share,
    dump_blueprint,
    load_blueprint,
)
from question_bank.body import check, dump, load, load_kept
from question_bank.examinable import exam_faults
from question_bank.facts import QuestionFacts, dump_facts, facts_of, load_facts
from question_bank.generator import ALGORITHM
from question_bank.kinds import EXAM_KINDS, KINDS
from question_bank.marking import RULES, Mark, grade, passes, shown_number, total
from question_bank.pieces import (
    Anchor,
    Blank,
    Criterion,
    GivenFile,
    Medium,
    NumericAnswer,
    OtherUnit,
    Partly,
    Reject,
)
from question_bank.pool import Pool
from question_bank.question import (
    CannotMarkError,
    Choice,
    Fault,
    NeedsPeopleError,
    NoMarkError,
    Question,
    QuestionError,
    Response,
    ResponseFormatError,
    UnsupportedKindError,
)
from question_bank.readers.anything import read_any
from question_bank.readers.blueprint_yaml import BlueprintReport, read_blueprint, read_blueprints
from question_bank.readers.collecting import Defaults
from question_bank.readers.report import ImportReport, Origin, Problem, Skipped
from question_bank.readers.yaml import read_files, read_folder, read_questions
from question_bank.rubric import RubricError, mark_by_rubric
from question_bank.supply import Shortage, Supply, shortages, supply
from question_bank.writers.losses import Loss, losses, write_as
from question_bank.writers.yaml import write_blueprint, write_questions

__all__ = [
    "ALGORITHM",
    "EXAM_KINDS",
    "KINDS",
    "RULES",
    "Anchor",
    "Blank",
    "Blueprint",
    "BlueprintReport",
    "CannotDrawError",
    "CannotMarkError",
    "Cell",
    "Choice",
    "Criterion",
    "Defaults",
    "DifficultyBand",
    "Exposure",
    "Fault",
    "GivenFile",
    "ImportReport",
    "Loss",
    "Mark",
    "Medium",
    "NeedsPeopleError",
    "NoMarkError",
    "NumericAnswer",
    "Origin",
    "OtherUnit",
    "Paper",
    "Partly",
    "Pool",
    "Problem",
    "Question",
    "QuestionError",
    "QuestionFacts",
    "Reject",
    "Response",
    "ResponseFormatError",
    "RubricError",
    "Share",
    "Shortage",
    "Skipped",
    "Slot",
    "SlotPart",
    "Supply",
    "UnsupportedKindError",
    "check",
    "check_key",
    "draw",
    "dump",
    "dump_blueprint",
    "dump_facts",
    "exam_faults",
    "facts_of",
    "grade",
    "key_of",
    "load",
    "load_blueprint",
    "load_facts",
    "load_kept",
    "losses",
    "mark_by_rubric",
    "mark_parts",
    "mark_response",
    "parse_response",
    "parts_for_people",
    "passes",
    "raw_response",
    "read_any",
    "read_blueprint",
    "read_blueprints",
    "read_files",
    "read_folder",
    "read_questions",
    "say_key",
    "say_response",
    "shortages",
    "shown",
    "shown_number",
    "supply",
    "total",
    "write_as",
    "write_blueprint",
    "write_questions",
]
