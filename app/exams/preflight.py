"""Pre-flight (D10): what must be right before an exam is published; all green or it is not.

Each check says what was looked at, whether it is right, and what to do. What a sitting needs beside
it is in `readiness`. Nothing here changes a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import select

from app.bank import planning, shortages
from app.bank.planning import Plan
from app.bank.stock import Drawable
from app.exams import pictures, sections
from app.exams.proving import NotReady, proof, why_short
from app.exams.questions import question
from app.extensions import db
from app.formatting import show_date
from app.models.bank import MarkingKey, QuestionLabel
from app.models.exams import Exam
from question_bank import CannotDrawError, draw
from question_bank import Paper as DrawnPaper
from question_bank.reading_time import reading_seconds

SAMPLES = 3  # papers drawn to see that enemies leave enough, and how long there is to read
NAMED = 5


@dataclass(frozen=True)
class Check:
    """One thing looked at. `said`: what was found; `to_do`: empty where it is right."""

    name: str
    title: str
    right: bool
    said: str
    to_do: str = ""


def is_green(checks: Iterable[Check]) -> bool:
    """Tell whether every check is right."""
    return all(check.right for check in checks)


def why_red(checks: Iterable[Check]) -> str:
    """Return what is wrong and what to do, in sentences."""
    return "".join(f"{check.said}{check.to_do}" for check in checks if not check.right)


def of_exam(exam: Exam, now: datetime, *, fresh: bool = False) -> tuple[list[Check], Plan | None]:
    """Return the checks of an exam, and its plan where the table can be read.

    `fresh` trusts nothing that this process kept, as publishing does.
    """
    by_itself = [_pass_mark(exam)]
    try:
        plan = proof(exam, now, fresh=fresh)
    except NotReady as refusal:
        return [_unreadable(refusal), *by_itself], None
    filled = _filled(plan)
    checks = [filled, _sections(exam, plan), *by_itself]
    used = planning.drawable(plan.blueprint, plan.stock)
    checks += [_no_kind_for_people(plan, used), _keys(used), _pictures(used)]
    if filled.right:
        checks += _drawn(exam, plan)
    return checks, plan


def _unreadable(refusal: NotReady) -> Check:
    to_do = _("请到“细目表”里改这张表。")
    return Check("filled", _("细目表能抽成卷"), False, refusal.sentence, to_do)


def _filled(plan: Plan) -> Check:
    title = _("题库填得满细目表")
    short = plan.proof.shortages
    if short:
        said = shortages.sentences(short) + why_short(plan)
        return Check("filled", title, False, said, _("请补题、送审，或改细目表。"))
    said = _("每格都够，题目不重复可出 %(n)s 份卷。", n=int(plan.proof.times))
    if plan.thin:
        cells = _("、").join(shortages.place(cell.wanted.name) for cell in plan.thin[:NAMED])
        said += _(
            "这些格不足 %(n)d 倍，考得多了会重复：%(cells)s。", n=plan.times_wanted, cells=cells
        )
    return Check("filled", title, True, said)


def _sections(exam: Exam, plan: Plan) -> Check:
    wrong = sections.troubles(exam.sections, plan.blueprint, exam.minutes)
    title = _("分部分")
    if wrong:
        return Check("sections", title, False, "".join(wrong), _("请改这场考试的部分。"))
    n = len(exam.sections)
    said = _("分 %(n)d 个部分，每题都在一个部分里。", n=n) if n else _("不分部分。")
    return Check("sections", title, True, said)


def _pass_mark(exam: Exam) -> Check:
    title = _("及格线有依据")
    lacking = [
        word
        for word, there in (
            (_("定法"), exam.pass_method.strip()),
            (_("由谁定"), exam.pass_panel.strip()),
            (_("哪天定"), exam.pass_set_on),
        )
        if not there
    ]
    if lacking:
        said = _("及格线 %(n)d%% 没有写%(what)s。", n=exam.pass_percent, what=_("、").join(lacking))
        return Check("pass_mark", title, False, said, _("请在“改这场考试”里补上。"))
    said = _(
        "%(n)d%%，%(who)s，%(day)s。",
        n=exam.pass_percent,
        who=exam.pass_panel,
        day=show_date(exam.pass_set_on),
    )
    return Check("pass_mark", title, True, said)


def _no_kind_for_people(plan: Plan, used: Iterable[Drawable]) -> Check:
    title = _("没有要人来评的题")
    wrong = [one.facts.id for one in used if not one.facts.examinable]
    if wrong:
        said = _("这些题要人来评：%(codes)s。", codes=_named(wrong))
        return Check("kinds", title, False, said, _("请换成机器能评的题型。"))
    return Check("kinds", title, True, _("每个题型都能当场评分。"))


def _keys(used: Iterable[Drawable]) -> Check:
    title = _("每题都有答案")
    keyed = set(db.session.scalars(select(MarkingKey.version_id).distinct()))
    missing = [one.facts.id for one in used if one.version_id not in keyed]
    if missing:
        said = _("%(n)d 题没有评分用的答案：%(codes)s。", n=len(missing), codes=_named(missing))
        return Check("keys", title, False, said, _("请把这些题退回修改，补上答案。"))
    return Check("keys", title, True, _("可抽的题都有答案。"))


def _pictures(used: Iterable[Drawable]) -> Check:
    title = _("图片和录音打得开")
    entries = {one.entry_id: one.facts.id for one in used}
    rows = db.session.execute(
        select(QuestionLabel.entry_id, QuestionLabel.value).where(
            QuestionLabel.kind == pictures.LABEL
        )
    )
    carried: dict[str, list[str]] = {}
    for entry_id, sha256 in rows:
        if entry_id in entries:
            carried.setdefault(sha256, []).append(entries[entry_id])
    broken = pictures.broken(carried)
    if broken:
        codes = sorted({code for sha256 in broken for code in carried[sha256]})
        said = _(
            "%(n)d 个图片或录音打不开，在这些题里：%(codes)s。", n=len(broken), codes=_named(codes)
        )
        return Check("pictures", title, False, said, _("请重新上传，或把这些题退回修改。"))
    return Check("pictures", title, True, _("看过 %(n)d 个，都打得开。", n=len(carried)))


def _drawn(exam: Exam, plan: Plan) -> list[Check]:
    """Draw some papers: that shows what no proof does, enemies and the time to read."""
    pool = plan.stock.pool(plan.blueprint)
    pairs = sum(len(enemies) for enemies in pool.enemies.values()) // 2
    title = _("互斥的题不同卷")
    try:
        papers = [draw(plan.blueprint, pool, f"preflight-{n}") for n in range(SAMPLES)]
    except CannotDrawError as error:
        said = shortages.sentences(error.shortages)
        return [Check("enemies", title, False, said, _("请核对互斥关系，或给这里补题。"))]
    said = _("%(n)d 对互斥的题；试抽 %(m)d 份，都抽成了。", n=pairs, m=SAMPLES)
    return [Check("enemies", title, True, said), _reading(exam, papers, plan)]


def _reading(exam: Exam, papers: Iterable[DrawnPaper], plan: Plan) -> Check:
    versions: Mapping[str, str] = {one.facts.id: one.version_id for one in plan.stock.live}
    longest = max(
        sum(reading_seconds(question(versions[slot.question_id])) for slot in paper.slots)
        for paper in papers
    )
    minutes = Fraction(longest).limit_denominator(1000) / 60
    title = _("时间够读题")
    said = _("读题和选择约要 %(m)d 分钟，考试 %(n)d 分钟。", m=-(-minutes // 1), n=exam.minutes)
    if minutes > exam.minutes:
        return Check("reading", title, False, said, _("请加长考试时间，或减少题数。"))
    return Check("reading", title, True, said)


def _named(codes: list[str]) -> str:
    named = _("、").join(codes[:NAMED])
    return str(named if len(codes) <= NAMED else _("%(named)s 等", named=named))
