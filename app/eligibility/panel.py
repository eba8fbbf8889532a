"""May this person take the exam, or be certified, and what is missing: each rule, met or not.

One question, asked everywhere: home, class page, roster, decision. Words are chosen here and made in
the reader's language when they are read, which for a thousand met rules is never; sums are in `arithmetic`, reading in `facts`. Nothing here changes a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _

from app.eligibility import arithmetic, facts
from app.eligibility.facts import Facts, Rules
from app.formatting import show_date
from app.models.training import Enrolment
from app.training.ties import months_before


@dataclass(frozen=True)
class RuleLine:
    """One rule as it stands for one person."""

    code: str
    title: str
    met: bool
    have: int
    need: int
    unit: str
    missing_sentence: str
    """What is still missing, in words; empty when met."""
    note: str = ""
    """When met: what was asked, or since when."""


@dataclass(frozen=True)
class Panel:
    """All rules of one step for one enrolment."""

    rules: tuple[RuleLine, ...]
    later: tuple[RuleLine, ...] = ()
    """What the step after this one will ask as well; it does not hold this one up."""
    result_id: str | None = None
    """The theory result that counts, where the step needs one."""
    assessment_id: str | None = None
    """The practical assessment that counts."""

    @property
    def missing(self) -> int:
        """How many rules are not met."""
        return sum(not line.met for line in self.rules)

    @property
    def ready(self) -> bool:
        """True when every rule is met."""
        return self.missing == 0

    @property
    def gaps(self) -> str:
        """What is still missing, each rule by name; empty when ready."""
        said = (
            str(_("%(rule)s：%(missing)s", rule=line.title, missing=line.missing_sentence))
            for line in self.rules
            if not line.met
        )
        return str(_("；")).join(said)

    def line(self, code: str) -> RuleLine:
        """Return one rule's line. Raises KeyError."""
        for line in (*self.rules, *self.later):
            if line.code == code:
                return line
        raise KeyError(code)

    def evidence(self) -> dict[str, Any]:
        """Return the figures as JSON, without words: what a decision keeps."""
        return {
            line.code: {"met": line.met, "have": line.have, "need": line.need}
            for line in self.rules
        }


def exam_panel(enrolment: Enrolment, on: date) -> Panel:
    """Tell whether a person may sit the exam."""
    return exam_panels([enrolment], on)[enrolment.id]


def exam_panels(enrolments: Sequence[Enrolment], on: date) -> dict[str, Panel]:
    """Tell it for many, at a constant number of queries, by enrolment id."""
    rules = Rules.of(on)
    return {
        enrolment_id: Panel(
            rules=exam_rules(found, rules),
            later=(assessment_rule(found, rules, on),),
            assessment_id=found.assessment.id if found.assessment else None,
        )
        for enrolment_id, found in facts.read(enrolments, rules).items()
    }


def award_panel(enrolment: Enrolment, on: date) -> Panel:
    """Tell whether a person has all that a certificate needs."""
    return award_panels([enrolment], on)[enrolment.id]


def award_panels(enrolments: Sequence[Enrolment], on: date) -> dict[str, Panel]:
    """Tell it for many, at a constant number of queries, by enrolment id."""
    rules = Rules.of(on)
    return {
        enrolment_id: Panel(
            rules=(
                *exam_rules(found, rules),
                *application_rules(found, rules),
                theory_rule(found, rules, on),
                assessment_rule(found, rules, on),
            ),
            result_id=found.theory.result_id if found.theory else None,
            assessment_id=found.assessment.id if found.assessment else None,
        )
        for enrolment_id, found in facts.read(enrolments, rules).items()
    }


def exam_rules(found: Facts, rules: Rules) -> tuple[RuleLine, ...]:
    """Return what the exam asks for."""
    asked = (
        _since("consent", _("同意保存培训和考试记录"), found.consent_at, _("还没同意")),
        _since("identity", _("登记证件信息"), found.identity_at, _("还没登记")),
        lessons_rule(found),
        attendance_rule(found, rules),
        sign_offs_rule(found),
        *practicum_rules(found),
        *completion_rules(found, rules),
    )
    if found.enrolled:
        return asked
    left = RuleLine("enrolled", _("在班"), False, 0, 1, "", _("已离开这个班"))
    return (left, *asked)


def class_rules(found: Facts, rules: Rules) -> tuple[RuleLine, ...]:
    """Return what completing a class asks for: presence, signatures, practicum where it is asked."""
    return (attendance_rule(found, rules), sign_offs_rule(found), *practicum_rules(found))


def practicum_rules(found: Facts) -> tuple[RuleLine, ...]:
    """Return the practicum's line where the rules of the day ask for one."""
    if found.practicum is None:
        return ()
    have, need = found.practicum.units
    missing = ""
    if minutes := found.practicum.short_minutes:
        missing = _("还差 %(n)s 分钟", n=minutes)
    elif not found.practicum.met:
        missing = _("还差 %(n)s 项", n=need - have)
    note = _("%(n)s 次已签", n=found.practicum.signed_visits)
    met = found.practicum.met
    return (RuleLine("practicum", _("实训"), met, have, need, _("项"), missing, note),)


def completion_rules(found: Facts, rules: Rules) -> tuple[RuleLine, ...]:
    """Return the line of the completion list where the rules of the day ask for one."""
    if not rules.completion:
        return ()
    return (_day("completion", _("结业名单"), found.completed_on, _("协会还没接受名单")),)


def application_rules(found: Facts, rules: Rules) -> tuple[RuleLine, ...]:
    """Return the line of the application for the certificate where the rules ask for one."""
    if not rules.application:
        return ()
    return (_day("application", _("发证申请"), found.applied_on, _("申请还没有接受")),)


def lessons_rule(found: Facts) -> RuleLine:
    """Every lesson that counts is completed. An edition without any opens no exam."""
    have, need = found.lessons_done, found.lessons_needed
    missing = _("还差 %(n)s 课", n=need - have) if need else _("课程还没有开放")
    met = have >= need > 0
    note = _("%(n)s 课学完", n=have)
    return RuleLine(
        "lessons", _("课程学习"), met, have, need, _("课"), "" if met else missing, note
    )


def attendance_rule(found: Facts, rules: Rules) -> RuleLine:
    """Attendance reaches the dated share of the class hours."""
    have = arithmetic.percent_attended(found.minutes, rules.hours)
    need = rules.attendance_percent
    short = arithmetic.minutes_missing(found.minutes, rules.hours, need)
    if short >= arithmetic.MINUTES_PER_CLASS_HOUR:
        missing = _("还差 %(n)s 课时", n=arithmetic.class_hours_up(short))
    else:
        missing = _("还差 %(n)s 分钟", n=short)
    note = _("要求 %(n)s%%", n=need)
    met = short == 0
    return RuleLine("attendance", _("出勤"), met, have, need, "%", "" if met else missing, note)


def sign_offs_rule(found: Facts) -> RuleLine:
    """Every practical lesson the rule names carries an instructor's signature."""
    have, need = found.signed, found.to_sign
    missing = "" if have >= need else _("还差 %(n)s 项", n=need - have)
    note = _("%(n)s 项已签", n=have)
    return RuleLine("sign_offs", _("实操签字"), have >= need, have, need, _("项"), missing, note)


def assessment_rule(found: Facts, rules: Rules, on: date) -> RuleLine:
    """The practical assessment was passed, not longer ago than a passed part is kept."""
    row = found.assessment
    if row is None:
        return _once("assessment", _("实操考核"), _("还没考核"))
    if not row.passed:
        return _once("assessment", _("实操考核"), _("没有通过，要补考"))
    if row.held_on < months_before(on, rules.kept_months):
        return _once("assessment", _("实操考核"), _("过了 %(n)s 个月，要重考", n=rules.kept_months))
    return _once("assessment", _("实操考核"), "", _("%(day)s通过", day=show_date(row.held_on)))


def theory_rule(found: Facts, rules: Rules, on: date) -> RuleLine:
    """A theory result is released and passed, not longer ago than a passed part is kept."""
    if found.theory is None:
        return _once("theory", _("理论考试"), _("还没有公布的合格成绩"))
    if found.theory.sat_on < months_before(on, rules.kept_months):
        return _once("theory", _("理论考试"), _("过了 %(n)s 个月，要重考", n=rules.kept_months))
    return _once("theory", _("理论考试"), "", _("%(day)s通过", day=show_date(found.theory.sat_on)))


def _once(code: str, title: str, missing: str, note: str = "") -> RuleLine:
    return RuleLine(code, title, not missing, int(not missing), 1, "", missing, note)


def _day(code: str, title: str, day: date | None, missing: str) -> RuleLine:
    return _once(code, title, missing if day is None else "", "" if day is None else show_date(day))


def _since(code: str, title: str, at: datetime | None, missing: str) -> RuleLine:
    return _once(code, title, missing if at is None else "", "" if at is None else show_date(at))
