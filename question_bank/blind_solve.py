"""How far an independent solver, who never saw a key, agrees with the keys.

The solves are CSV files beside the questions, one line for each marked question. A solve counts
only for the version that was solved: a question mended since is told as waiting, not as agreeing.
Who solved and when stands in the folder's README; whether a disagreement is the key's fault or the
solver's is for people to settle.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from question_bank.asking import key_of, mark_response
from question_bank.question import Question, Response
from question_bank.readers.report import Problem

FOLDER = "blind-solve"
COLUMNS = ("question", "version", "answer", "confidence", "remark")
CONFIDENCES = ("high", "medium", "low")
LEAST_AGREEMENT = Fraction(97, 100)


@dataclass(frozen=True, slots=True)
class Solve:
    """One line: what the solver answered to one version of one marked question, and how surely."""

    question: str
    version: int
    answer: str
    confidence: str
    remark: str
    place: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Solves compared with keys. Ids only: what to do about them is settled by people."""

    agreeing: tuple[str, ...]
    disagreeing: tuple[Solve, ...]
    unsure: tuple[Solve, ...]
    """Right, but with low confidence or a second answer that could be defended."""
    mended: tuple[str, ...]
    """Solved in another version than today's: waiting for a fresh solver."""
    unsolved: tuple[str, ...]

    @property
    def compared(self) -> int:
        """How many solves were compared with a key."""
        return len(self.agreeing) + len(self.disagreeing)

    @property
    def share(self) -> Fraction:
        """The share 0..1 that agrees; 0 where nothing was compared."""
        return Fraction(len(self.agreeing), self.compared) if self.compared else Fraction(0)


def read_solves(folder: Path) -> tuple[list[Solve], list[Problem]]:
    """Read the CSV files of a question bank's blind-solve folder, in order of name."""
    solves: list[Solve] = []
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.csv")):
        name = path.relative_to(folder).as_posix()
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        if tuple(next(rows, ())) != COLUMNS:
            message = f"第一行应当是 {','.join(COLUMNS)}，请改正。"
            problems.append(Problem(name, 1, "", "", message))
            continue
        for row in rows:
            line = rows.line_num
            if len(row) != len(COLUMNS) or not row[1].isdecimal() or row[3] not in CONFIDENCES:
                message = "这一行要有五格：题号、版本数、答案、把握（high、medium、low）、说明。"
                problems.append(Problem(name, line, row[0] if row else "", "", message))
                continue
            solves.append(Solve(row[0], int(row[1]), row[2], row[3], row[4], f"{name}:{line}"))
    return solves, problems


def compare(questions: Iterable[Question], solves: Iterable[Solve]) -> Agreement:
    """Compare solves with the keys of today's questions; unknown ids are passed over."""
    asked = {
        one.id: (one, whole.version) for whole in questions for one in whole.marked_questions()
    }
    agreeing, disagreeing, unsure, mended = [], [], [], []
    solved: set[str] = set()
    for solve in solves:
        if solve.question not in asked:
            continue
        question, version = asked[solve.question]
        solved.add(solve.question)
        if solve.version != version:
            mended.append(solve.question)
        elif mark_response(question, key_of(question), _response(question, solve.answer)) == 1:
            agreeing.append(solve.question)
            if solve.confidence == "low":
                unsure.append(solve)
        else:
            disagreeing.append(solve)
    return Agreement(
        tuple(agreeing),
        tuple(disagreeing),
        tuple(unsure),
        tuple(mended),
        tuple(id_ for id_ in asked if id_ not in solved),
    )


def _response(question: Question, answer: str) -> Response:
    """Read an answer as the file has it: `o1 o3`, `l1=r3 l2=r1`, `b1=…`, `true`, a number."""
    if question.kind in ("numeric", "short_answer"):
        return Response(text=answer)
    named = dict(part.partition("=")[::2] for part in answer.split())
    if question.kind == "matching":
        return Response(pairs=named)
    if question.kind == "fill_in":
        return Response(texts=named)
    return Response(chosen=tuple(answer.split()))
