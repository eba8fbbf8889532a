"""Write questions as rows of a table, in words an instructor can read and change.

Each row is read back before it is written out: where the cells alone would give another question,
the exact fields go into the column 其余信息 (see ``readers/table_rest.py``). So nothing is lost, and
whoever edits a cell still wins. Files are ``writers/excel.py``'s and ``writers/delimited.py``'s.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.question import Question
from question_bank.readers.collecting import Defaults
from question_bank.readers.headers import REST, WORDS, Header, read_header
from question_bank.readers.sheets import Sheet
from question_bank.readers.table_build import case_values, draft_of, row_values
from question_bank.readers.table_kinds import UNPAIRED
from question_bank.readers.table_rest import body_of, difference, write_rest
from question_bank.readers.table_row import Row
from question_bank.readers.table_words import OUR_WORDS

LONGEST_CELL = 32_767  # characters, Excel's limit; CSV readers have none worth the name
_LEADING = ("id", "version", "kind", "case", "stem")
_TRAILING = (
    "key",
    "tolerance",
    "unit",
    "rubric",
    "accepts",
    "explanation",
    "difficulty",
    "level",
    "pool",
    "domain",
    "lesson",
    "section",
    "objective",
    "headings",
    "tags",
    "status",
    "rule",
    "shuffle",
    "review_by",
    "language",
    "enemies",
    "also_lessons",
    "reviewers_needed",
)
# Columns that are always there, so that an empty export is still a table to fill in.
_ALWAYS = frozenset(
    [
        "id",
        "version",
        "kind",
        "stem",
        "key",
        "explanation",
        "difficulty",
        "level",
        "pool",
        "domain",
        "lesson",
        "headings",
    ]
)
_LEAST_OPTIONS = 4
_PLACEHOLDER = re.compile(r"\{\{b\d+\}\}")
# What an import chooses must not matter: a table of ours says everything but the usual language.
_NO_DEFAULTS = Defaults(pool="", domain="", lesson="", level="")

Cells = dict[str, str]  # our column word -> text


def table_of(questions: Iterable[Question]) -> tuple[list[str], list[list[str]]]:
    """Give the header and the rows; a case set takes a row, and each of its parts one."""
    rows: list[Cells] = []
    for question in questions:
        rows += _rows_of(question)
    columns = _columns(rows)
    return columns, [[row.get(column, "") for column in columns] for row in rows]


def _columns(rows: Sequence[Cells]) -> list[str]:
    used = {column for row in rows for column, text in row.items() if text}
    options = max([_LEAST_OPTIONS, *(_letter_of(one) + 1 for one in used if _is_option(one))])
    letters = [chr(65 + at) for at in range(options)]
    columns = [_word(name) for name in _LEADING if name in _ALWAYS or _word(name) in used]
    columns += [f"选项{letter}" for letter in letters]
    columns += [_word(name) for name in _TRAILING if name in _ALWAYS or _word(name) in used]
    columns += [f"选项{one}说明" for one in letters if f"选项{one}说明" in used]
    return columns + sorted((one for one in used if one.startswith(REST)), key=_number_of)


def _is_option(column: str) -> bool:
    return re.fullmatch(r"选项[A-Z](?:说明)?", column) is not None


def _number_of(column: str) -> int:
    return int(column.removeprefix(REST) or 1)


def _letter_of(column: str) -> int:
    return ord(column[2]) - 65


def _word(name: str) -> str:
    return WORDS[name][0]


def _rows_of(question: Question) -> list[Cells]:
    rows = [_cells(question, None)]
    rows += [_cells(part, question) for part in question.parts]
    read = [_values(row) for row in rows]
    values = case_values(read[0], read[1:], _NO_DEFAULTS) if question.parts else read[0]
    exact, given = body_of(question), body_of(draft_of(values, _NO_DEFAULTS))
    bodies = zip(
        rows,
        [exact, *exact.get("questions", ())],
        [given, *given.get("questions", ())],
        strict=True,
    )
    for row, right, cells in bodies:
        text = write_rest(difference(right, cells))
        for number, start in enumerate(range(0, len(text), LONGEST_CELL - 700), start=1):
            row[REST if number == 1 else f"{REST}{number}"] = text[
                start : start + LONGEST_CELL - 700
            ]
    return rows


def _values(cells: Cells) -> dict[str, Any]:
    """Read a row of ours as the reader will; what it finds wrong is mended by 其余信息."""
    columns = [column for column, text in cells.items() if text]
    # 版本 makes the reader take numbers in 编号 for ids; it is never empty here.
    header = read_header(1, [*columns, _word("stem"), _word("key")]) or Header(1)
    row = Row(Sheet(""), header, 2, [cells[column] for column in columns])
    kind = next(name for name, word in OUR_WORDS["kind"].items() if word == cells[_word("kind")])
    return row_values(row, kind)


def _cells(question: Question, case: Question | None) -> Cells:
    """Say a question, or a part of a case where it differs from it."""
    cells = {
        "id": question.id,
        "version": str(question.version),
        "kind": OUR_WORDS["kind"][question.kind],
        "case": case.id if case else "",
        "stem": question.scene or question.stem,
        "explanation": question.explanation,
        "level": OUR_WORDS["level"].get(question.level, ""),
        "objective": question.objective,
        "difficulty": _difficulty(question),
        "rule": OUR_WORDS["rule"].get(question.rule, question.rule),
    }
    shared = _shared(question)
    if case is not None:
        of_case = _shared(case)
        shared = {name: text for name, text in shared.items() if text != of_case[name]}
    told = {_word(name): text for name, text in (cells | shared).items()}
    options, whys, key = _asked(question)
    told |= {f"选项{chr(65 + at)}": text for at, text in enumerate(options[:26])}
    told |= {f"选项{chr(65 + at)}说明": text for at, text in enumerate(whys[:26])}
    told |= {_word(name): text for name, text in key.items()}
    return {column: text[:LONGEST_CELL] for column, text in told.items()}


def _shared(question: Question) -> dict[str, str]:
    tags = question.extra.get("x_tags", ())
    return {
        "pool": OUR_WORDS["pool"].get(question.pool, ""),
        "domain": question.domain,
        "lesson": question.lesson,
        "section": question.section,
        "headings": "；".join(question.headings),
        "tags": "；".join(tags) if _are_texts(tags) else "",
        "enemies": "；".join(question.enemies),
        "also_lessons": "；".join(question.also_lessons),
        "reviewers_needed": "；".join(question.reviewers_needed),
        "status": OUR_WORDS["status"].get(question.status, ""),
        "shuffle": "" if question.shuffle else OUR_WORDS["shuffle"]["no"],
        "review_by": question.review_by.isoformat() if question.review_by else "",
        "language": "" if question.language == "zh-CN" else question.language,
    }


def _difficulty(question: Question) -> str:
    if question.difficulty is None:
        return ""
    band, p = OUR_WORDS["difficulty"][question.difficulty.band], question.difficulty.p
    return band if p is None else f"{band}（{p}）"


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _asked(question: Question) -> tuple[list[str], list[str], dict[str, str]]:
    """Give the option cells, what is said about each, and the cells of the answer."""
    kind = question.kind
    if kind == "true_false":
        return [], [], {"key": {"true": "对", "false": "错"}.get("".join(question.key), "")}
    if kind == "matching":
        return _pairs(question), [], {}
    if kind == "fill_in":
        stem = _PLACEHOLDER.sub("____", question.stem)
        return (
            [],
            [],
            {"stem": stem, "key": "；".join("|".join(one.accept) for one in question.blanks)},
        )
    if kind == "numeric":
        return [], [], {"key": _number(question), "unit": question.unit}
    texts = [option.text for option in question.options]
    whys = [option.why for option in question.options]
    places = {option.id: chr(65 + at) for at, option in enumerate(question.options[:26])}
    key = {"key": "".join(places.get(one, "") for one in question.key)}
    if kind in ("short_answer", "upload"):
        key = {"key": question.model_answer, "rubric": _rubric(question)}
        key["accepts"] = "；".join(OUR_WORDS["accepts"].get(one, one) for one in question.accepts)
    return texts, whys, key


def _pairs(question: Question) -> list[str]:
    rights = {option.id: option.text for option in question.options}
    pairs = dict(question.pairs)
    told = [f"{left.text} = {rights.get(pairs.get(left.id, ''), '')}" for left in question.lefts]
    used = set(pairs.values())
    return told + [f"{UNPAIRED} = {text}" for name, text in rights.items() if name not in used]


def _number(question: Question) -> str:
    if not question.answers:
        return ""
    first = question.answers[0]
    around = f"±{_plain(first.tolerance)}" if first.tolerance else ""
    return f"{_plain(first.value)}{around}"


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _rubric(question: Question) -> str:
    return "\n".join(f"{one.text}（{_points(one.points)}分）" for one in question.rubric)


def _points(points: Fraction) -> str:
    return str(points)
