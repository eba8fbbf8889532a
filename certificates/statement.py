"""A statement of class-hours (学时证明): what one person's trainings are on record with.

Printed by the person; a certificate says more and is registered. Drawn by the same fast path.
Deliberately not numbered and, unless `check_address` is given, without a code: the page then says
in words that it is a statement and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certificates import wording
from certificates.drawing import Wording
from certificates.stamping import Sheet

MOST_COURSES = 10
TITLE = ("学时证明", "Statement of Class-Hours")
MINUTES_PER_HOUR = 45
_REASON = "学时证明 Statement of class-hours"
_FEWEST_HIDDEN = 4


@dataclass(frozen=True)
class Course:
    """One training: minutes that are on record, its title, its days, who held it."""

    minutes: int
    title: str
    first: date
    last: date
    held_by: str = ""


@dataclass(frozen=True, kw_only=True)
class StatementData:
    """Everything a statement says; the newest course first."""

    name: str
    masked_identity: str
    courses: Sequence[Course]
    made_on: date
    issuer_zh: str
    issuer_en: str
    official_domain: str
    name_latin: str = ""
    check_address: str = ""
    seal: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse an unmasked identity number or no course: the caller's mistakes, ValueError."""
        if self.masked_identity.count("*") < _FEWEST_HIDDEN:
            raise ValueError("masked_identity is not masked")
        if not self.courses:
            raise ValueError("a statement without a course says nothing")


def class_hours(minutes: int) -> str:
    """Write minutes as class-hours of 45 minutes with at most one decimal, cut off, never up."""
    tenths = minutes * 10 // MINUTES_PER_HOUR
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def sheet(data: StatementData, *, sample: bool) -> Sheet:
    """Return what is stamped."""
    lines = _lines(data.courses)
    fields = {
        "name": data.name,
        "printed_name_en": data.name_latin or data.name,
        "masked_identity": data.masked_identity,
        "hours": class_hours(sum(course.minutes for course in data.courses)),
        "made_zh": wording.date_zh(data.made_on),
        "made_en": wording.date_en(data.made_on),
        **{f"course_{n}": "" for n in range(1, MOST_COURSES + 1)},
        **{f"course_{n}": line for n, line in enumerate(lines, 1)},
    }
    return Sheet(
        fields=fields,
        wording=Wording(
            title_zh=TITLE[0],
            title_en=TITLE[1],
            issuer_zh=data.issuer_zh,
            issuer_en=data.issuer_en,
            official_domain=data.official_domain,
            seal=data.seal,
            sample=sample,
        ),
        printed=(
            (("姓名", "name"), data.name),
            (("姓名的拉丁字母写法", "name in Latin letters"), data.name_latin),
            (("证件号", "document number"), data.masked_identity),
            *((("培训名称", "title of a training"), line) for line in lines),
        ),
        photo=None,
        address=data.check_address,
        title=f"{TITLE[0]} {data.made_on.isoformat()}",
        author=data.issuer_zh,
        reason=_REASON,
    )


def _lines(courses: Sequence[Course]) -> list[str]:
    """Return one line a course; where there are too many, the oldest share the last line."""
    if len(courses) <= MOST_COURSES:
        return [_line(course) for course in courses]
    shown, older = courses[: MOST_COURSES - 1], courses[MOST_COURSES - 1 :]
    hours = class_hours(sum(course.minutes for course in older))
    return [*map(_line, shown), f"{hours} 课时  更早的 {len(older)} 项培训"]


def _line(course: Course) -> str:
    period = wording.period_zh(course.first, course.last)
    parts = (period, course.title, course.held_by)
    said = " · ".join(part for part in parts if part)
    return f"{class_hours(course.minutes)} 课时  {said}"
