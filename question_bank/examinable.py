"""What keeps a question that is complete from standing on an exam paper or a practice page today.

``body.check`` asks whether a question is whole; this asks whether our pages can show it and our
rules may certify by it. As pages learn more, sentences here disappear.
"""

from question_bank.kinds import KINDS
from question_bank.marking import PRACTICE_RULES
from question_bank.question import Fault, Question


def page_faults(question: Question) -> list[Fault]:
    """Name what a candidate's page cannot show yet: kinds it cannot ask, pictures, sounds, tables."""
    faults = []
    for path, one in _asked(question):
        kind = KINDS[one.kind]
        if not kind.examinable:
            faults.append(Fault((*path, "kind"), kind.why_not))
        if one.media:
            message = "考生页面还不能显示题目里的图片、录音和表格，这道题暂时不能进入考试。"
            faults.append(Fault((*path, "media"), message))
    return faults


def exam_faults(question: Question) -> list[Fault]:
    """Name what keeps it out of exams: what no page can show, and rules only for practice."""
    faults = page_faults(question)
    for path, one in _asked(question):
        if one.rule in PRACTICE_RULES:
            message = f"{one.rule} 会倒扣分，只给练习用，不能进入考试；请换一种计分。"
            faults.append(Fault((*path, "scoring", "rule"), message))
    return faults


def _asked(question: Question) -> list[tuple[tuple[str | int, ...], Question]]:
    parts = [(("questions", place), part) for place, part in enumerate(question.parts)]
    return [((), question), *parts]
