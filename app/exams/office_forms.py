"""Forms of the exam office: rooms and seats, the booking window, a list of people, accommodations."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.exams.forms import this_century

LOCAL = "%Y-%m-%dT%H:%M"


class WholeNumber(IntegerField):
    """A whole number; what is none is said in a sentence of ours."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(_("请填整数，例如 10。"))) from None


class RoomsForm(FlaskForm):  # type: ignore[misc]
    """The rooms of a sitting, one a line."""

    rooms = TextAreaField(_l("考场和座位数"), [Length(max=5000)])


class WindowForm(FlaskForm):  # type: ignore[misc]
    """When candidates book by themselves; times are Shanghai's."""

    opens_at = DateTimeLocalField(
        _l("几时开始约"), [DataRequired(_l("请写成年月日和时分")), this_century], format=LOCAL
    )
    closes_at = DateTimeLocalField(
        _l("几时截止"), [DataRequired(_l("请写成年月日和时分")), this_century], format=LOCAL
    )


class PeopleForm(FlaskForm):  # type: ignore[misc]
    """People to be put on a roster, one a line."""

    people = TextAreaField(_l("名单"), [Length(max=100_000, message=_l("名单太长，请分几次加。"))])


class SeatForm(FlaskForm):  # type: ignore[misc]
    """Another seat for one person."""

    seat = WholeNumber(_l("座位号"), [InputRequired(_l("请填座位号"))])


class AccommodationForm(FlaskForm):  # type: ignore[misc]
    """What is granted to one person for every exam; the limits are checked by the verb."""

    percent = WholeNumber(_l("答题时间（规定时间的 %）"), [InputRequired(_l("请填整数，例如 150"))])
    large_type = BooleanField(_l("大字"))
    reader = BooleanField(_l("有人读题"))
    break_minutes = WholeNumber(
        _l("休息（分钟，不占答题时间）"), [InputRequired(_l("请填整数，没有就填 0"))]
    )
    reason = StringField(_l("批准的理由"))
    evidence = StringField(_l("证明"))
    valid_until = DateField(_l("有效期至"), [Optional()])
