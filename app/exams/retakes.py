"""Retakes (补考): how long to wait after a try, and how often in a year the same exam may be sat.

Both are dated settings, asked for the day of the sitting. A try is an attempt that was begun and not
voided: who was booked and did not come has not tried. Which questions a retake shows is not
decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from app import rulebook
from app.formatting import show_date


@dataclass(frozen=True)
class RetakeRules:
    """The two settings of one day; 0 means no rule."""

    wait_days: int
    yearly_maximum: int


@dataclass(frozen=True)
class Tries:
    """On which days (Shanghai) one person sat an exam, the earliest first, and what is still held."""

    days: tuple[date, ...] = ()
    held: bool = False
    """The last try has no released result yet."""


def rules_by_day() -> Callable[[date], RetakeRules]:
    """Return the rules as a function of the day, in two queries."""
    wait = rulebook.timeline("exam.retake_wait_days")
    most = rulebook.timeline("exam.retake_yearly_maximum")
    return lambda day: RetakeRules(wait(day), most(day))


def allowed_from(tries: Tries, on: date, rules: RetakeRules) -> date:
    """Return the first day from `on` at which the exam may be sat again; `on` itself when it may."""
    earliest = on
    if tries.days and rules.wait_days:
        earliest = max(on, tries.days[-1] + timedelta(days=rules.wait_days))
    if rules.yearly_maximum:
        in_that_year = sum(day.year == earliest.year for day in tries.days)
        if in_that_year >= rules.yearly_maximum:
            earliest = date(earliest.year + 1, 1, 1)
    return earliest


def obstacle(tries: Tries, on: date, rules: RetakeRules) -> str:
    """Say why somebody may not sit the exam on a day, and from when; empty when nothing is in the way."""
    if tries.held:
        return str(_("上一次考试的成绩还没有公布，公布后才能再约"))
    earliest = allowed_from(tries, on, rules)
    if earliest == on:
        return ""
    day = show_date(earliest)
    this_year = sum(one.year == on.year for one in tries.days)
    if rules.yearly_maximum and this_year >= rules.yearly_maximum:
        return str(
            _(
                "这门考试一年最多考 %(n)d 次，当年已经考了 %(m)d 次，%(day)s起的场次可以约",
                n=rules.yearly_maximum,
                m=this_year,
                day=day,
            )
        )
    return str(
        _(
            "上次考试是%(last)s，要隔 %(n)d 天，%(day)s起的场次可以约",
            last=show_date(tries.days[-1]),
            n=rules.wait_days,
            day=day,
        )
    )
