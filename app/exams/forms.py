"""Forms of the exam manager and the invigilator."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    Field,
    Form,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional


def given(field: Field) -> Any:
    """Return what a field holds once its form was found valid."""
    return field.data


def this_century(_form: Form, field: Field) -> None:
    """Refuse a year that is a slip of the finger."""
    if not 2000 <= field.data.year < 2100:
        raise ValidationError(_l("请核对年份，应当是 2000 到 2099 年"))


NEEDED = DataRequired(_l("请填写这一项"))


class SittingForm(FlaskForm):  # type: ignore[misc]
    """A new sitting; times are Shanghai's."""

    district = SelectField(_l("区"))
    place = StringField(_l("地点"), [NEEDED, Length(max=120)])
    rooms = TextAreaField(_l("考场和座位数"), [Optional(), Length(max=5000)])
    opens_at = DateTimeLocalField(
        _l("开考时间"),
        [DataRequired(_l("请写成年月日和时分")), this_century],
        format="%Y-%m-%dT%H:%M",
    )
    late_minutes = IntegerField(
        _l("开考后多少分钟内可进场"),
        [InputRequired(_l("请填写这一项")), NumberRange(1, 240, _l("请填 1 到 240 分钟"))],
    )
    closes_at = DateTimeLocalField(
        _l("结束时间"),
        [DataRequired(_l("请写成年月日和时分")), this_century],
        format="%Y-%m-%dT%H:%M",
    )


class RosterForm(FlaskForm):  # type: ignore[misc]
    """Add a class to a roster."""

    training_class = SelectField(_l("班级"))


class InvigilatorForm(FlaskForm):  # type: ignore[misc]
    """Name an invigilator, for one room or for all; which rooms there are is known by who takes it."""

    invigilator = SelectField(_l("监考员"))
    room = SelectField(_l("在哪间考场"), default="", validate_choice=False)


class TimeForm(FlaskForm):  # type: ignore[misc]
    """Add time for one person or the room."""

    minutes = IntegerField(_l("补多少分钟"), [InputRequired(_l("请填写这一项"))])
    reason = StringField(_l("原因"), [Length(max=200)])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """An act that needs its reason."""

    reason = StringField(_l("原因"), [NEEDED, Length(max=200)])
