"""A rule's value taken apart into single fields, checked, and put together again.

A rule's value is a number, a yes or no, a text, a list of texts, or these under names. Whoever
changes one sees a field for each part, never JSON; the shape is always that of the proposal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.errors import Refusal
from app.formatting import show_list
from app.oversight import wording

USUAL_LIMITS = (0, 1_000_000)
LIMITS = {
    "scheme.target_per_district": (1, 100_000),
    "training.hours": (1, 1000),
    "training.attendance_percent": (1, 100),
    "training.teacher_wall_months": (0, 120),
    "practicum.hours": (0, 500),
    "practicum.tasks": (0, 50),
    "practicum.link_hours": (1, 720),
    "notice.quiet_hours.from": (0, 23),
    "notice.quiet_hours.until": (0, 23),
    "application.days": (1, 366),
    "award.notice_days": (0, 90),
    "register.reply_days": (1, 90),
    "register.appeal_days": (1, 366),
    "register.appeal_answer_days": (1, 366),
    "register.reminder_days": (0, 366),
    "complaint.accept_days": (1, 90),
    "complaint.answer_days": (1, 366),
    "complaint.contact_days": (30, 3660),
    "complaint.hourly_most": (1, 1000),
    "evaluation.days": (1, 366),
    "evaluation.least": (5, 100),
    "lesson.minimum_seconds": (0, 3600),
    "bank.supply_times": (1, 100),
    "bank.exposure_months": (1, 120),
    "bank.exposure_step": (1, 10_000),
    "bank.trial_questions": (0, 100),
    "exam.minutes": (5, 600),
    "exam.pass_percent": (1, 100),
    "exam.grace_seconds": (0, 120),
    "exam.late_start_minutes": (0, 240),
    "exam.change_until_hours": (0, 720),
    "exam.cancel_until_hours": (0, 720),
    "exam.retake_wait_days": (0, 366),
    "exam.retake_yearly_maximum": (0, 50),
    "exam.freeze_hours": (0, 168),
    "practical.pass_mark": (1, 100),
    "result.kept_months": (1, 120),
    "certificate.number_format.serial_digits": (4, 8),
    "certificate.validity_years": (1, 50),
    "certificate.grace_days": (0, 1000),
    "renewal.opens_days": (0, 366),
    "renewal.hours": (0, 200),
    "renewal.hours_a_day": (1, 24),
    "renewal.visits": (0, 1000),
    "renewal.visit_hours": (0, 2000),
    "renewal.volunteer_visits": (0, 1000),
    "renewal.audit_percent": (0, 100),
    "directory.least_pilot": (1, 1000),
    "directory.least_citywide": (1, 1000),
    "directory.citywide_from.year": (2025, 2100),
    "directory.citywide_from.month": (1, 12),
    "directory.citywide_from.day": (1, 28),
    "hospital.requests_a_minute": (1, 600),
    "hospital.numbers_a_day": (1, 1_000_000),
    "staff.confirm_minutes": (1, 120),
    "account.session_days": (1, 90),
}
PATTERNS = {"certificate.number_format.prefix": (re.compile(r"[A-Z]{2,6}"), "PZ")}


class BadValueError(Refusal):
    """A part of the new value cannot be taken; `part` is where in the value."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


@dataclass(frozen=True)
class Part:
    """One single field of a value. `path` is empty for a rule that is one field."""

    path: tuple[str, ...]
    value: bool | int | str | list[str]

    @property
    def key(self) -> str:
        """Return the part's name within its rule: `service.zh`, or empty."""
        return ".".join(self.path)

    @property
    def label(self) -> str:
        """Return the part in words."""
        return " · ".join(str(wording.PARTS.get(word, word)) for word in self.path)

    @property
    def text(self) -> str:
        """Return the part as it stands in a form field."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        if isinstance(self.value, list):
            return "\n".join(self.value)
        return str(self.value)


def parts(value: Any, path: tuple[str, ...] = ()) -> list[Part]:
    """Take a value apart, in the order it is written in."""
    if isinstance(value, dict):
        return [part for key, inner in value.items() for part in parts(inner, (*path, key))]
    return [Part(path, value)]


def put_together(
    name: str, shape: Any, texts: Mapping[str, str], known_districts: Iterable[str] = ()
) -> Any:
    """Build a value of the proposal's shape from field texts, by part. Raises BadValueError."""
    built: Any = {}
    for part in parts(shape):
        text = texts.get(part.key, "").replace("\r\n", "\n").strip()
        value = _read(name, part, text)
        if name == "scheme.pilot_districts":
            _must_be_known(part, value, set(known_districts))
        if not part.path:
            return value
        inner = built
        for word in part.path[:-1]:
            inner = inner.setdefault(word, {})
        inner[part.path[-1]] = value
    return built


def _read(name: str, part: Part, text: str) -> bool | int | str | list[str]:
    if isinstance(part.value, bool):
        if text not in {"yes", "no"}:
            raise BadValueError(part.key, _("请选“是”或“否”。"))
        return text == "yes"
    if isinstance(part.value, int):
        return _whole_number(f"{name}.{part.key}".rstrip("."), part, text)
    if not text:
        raise BadValueError(part.key, _("这一项不能空着。"))
    if isinstance(part.value, list):
        return [line.strip() for line in text.split("\n") if line.strip()]
    return _text(name, part, text)


def _whole_number(full: str, part: Part, text: str) -> int:
    usual = LIMITS.get(full.rpartition(".")[0], USUAL_LIMITS)
    usual = (1, 100) if full.startswith("retention.") else usual
    low, high = LIMITS.get(full, usual)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise BadValueError(
            part.key, _("请填 %(low)s 到 %(high)s 的整数，不带单位。", low=low, high=high)
        )
    return int(text)


def _text(name: str, part: Part, text: str) -> str:
    choices = wording.CHOICES.get(name)
    if choices is not None and text not in choices:
        raise BadValueError(part.key, _("请从列出的几项里选一项。"))
    pattern, example = PATTERNS.get(f"{name}.{part.key}", (None, ""))
    if pattern is not None and not pattern.fullmatch(text):
        raise BadValueError(
            part.key, _("请填 2 到 6 个大写字母，例如 %(example)s。", example=example)
        )
    return text


def _must_be_known(part: Part, codes: Any, known: set[str]) -> None:
    strange = [code for code in codes if code not in known]
    if strange:
        raise BadValueError(
            part.key, _("没有这个区代码：%(codes)s。一行写一个。", codes=show_list(strange))
        )


def must_have_new_version(old: Any, new: Any) -> None:
    """Refuse a changed text under an unchanged version: people agreed to it by its version.

    Raises BadValueError.
    """
    if not isinstance(old, dict):
        return
    if "version" in old:
        if old != new and old["version"] == new["version"]:
            raise BadValueError(
                "version",
                _(
                    "文字改了，版本号还是 %(version)s。别人同意的是那一版，请换一个版本号。",
                    version=old["version"],
                ),
            )
        return
    for key, inner in old.items():
        try:
            must_have_new_version(inner, new[key])
        except BadValueError as error:
            raise BadValueError(f"{key}.{error.part}", error.sentence) from None
