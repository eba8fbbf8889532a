"""What keeps a question that is complete from standing on an exam paper today.

``body.check`` asks whether a question is whole; this asks whether our rules may certify by it. A
kind that people mark waits until there are markers; practice may use every kind.
"""

from question_bank.kinds import KINDS
from question_bank.marking import PRACTICE_RULES
from question_bank.question import Fault, Question


def exam_faults(question: Question) -> list[Fault]:
    """Name what keeps it out of exams: kinds nobody can mark yet, and rules only for practice."""
    faults = []
    for path, one in _asked(question):
        kind = KINDS[one.kind]
        if not kind.examinable:
            faults.append(Fault((*path, "kind"), kind.why_not))
        if one.rule in PRACTICE_RULES:
            message = f"{one.rule} 会倒扣分，只给练习用，不能进入考试；请换一种计分。"
            faults.append(Fault((*path, "scoring", "rule"), message))
    return faults


def _asked(question: Question) -> list[tuple[tuple[str | int, ...], Question]]:
    """Give the question and what is answered in it; text between the parts of a case is neither."""
    parts = enumerate(question.parts)
    asked = [(("questions", place), part) for place, part in parts if part.kind != "description"]
    return [((), question), *asked]
