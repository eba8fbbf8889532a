"""A certificate number as people type it, in any format that was ever in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app import rulebook
from app.checking.register import FORMAT
from app.extensions import db
from app.models.scheme import DatedSetting
from app.proposals import PROPOSALS
from certificates import numbers
from certificates.numbers import NumberError, NumberFormat


def read(text: str, on: date) -> str:
    """Return a typed number as it is stored. Raises NumberError, in the words of today's format."""
    former = db.session.scalars(select(DatedSetting.value).where(DatedSetting.name == FORMAT)).all()
    trouble: NumberError | None = None
    for rule in (rulebook.value(FORMAT, on), *former, PROPOSALS[FORMAT].value):
        try:
            return str(numbers.parse(text, number_format(rule)))
        except NumberError as error:
            trouble = trouble or error
    assert trouble is not None  # noqa: S101 — at least one format was tried
    raise trouble


def number_format(rule: dict[str, Any]) -> NumberFormat:
    """Return a format as the rule describes it."""
    return NumberFormat(rule["prefix"], rule["serial_digits"])
