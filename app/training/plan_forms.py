"""The forms of planning: a class as it shall be, a half day, a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    widgets,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.clock import SHANGHAI
from app.formatting import in_english
from app.models.classes import TrainingRoom
from app.models.training import ClassMeeting, TrainingClass
from app.training.forms import ClassFields, options
from app.training.outline import OutlineLesson
from app.training.planning import Change
from app.training.rooms import RoomFacts
from app.training.timetable import MINUTES_PER_CLASS_HOUR, HalfDay

MOST_HOURS = 8


class ChangeForm(ClassFields):
    """What a class shall be from now on."""

    def change(self) -> Change:
        """Return what was filled in, validated."""
        assert self.starts_on.data and self.ends_on.data and self.capacity.data  # noqa: S101, PT018
        return Change(
            title=str(self.title.data).strip(),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            capacity=self.capacity.data,
            plan=(self.plan.data or "").replace("\r\n", "\n").strip(),
        )


class HalfDayForm(FlaskForm):  # type: ignore[misc]
    """One half day."""

    title = StringField(_l("名称"), [InputRequired(_l("请写名称，如 第1天上午。")), Length(max=60)])
    day = DateField(_l("日期"), [InputRequired(_l("请填日期，如 2026-11-23。"))])
    begins = TimeField(_l("开始"), [InputRequired(_l("请填开始时间，如 09:00。"))])
    ends = TimeField(_l("结束"), [InputRequired(_l("请填结束时间，如 12:30。"))])
    hours = IntegerField(
        _l("课时"),
        [
            InputRequired(_l("请填课时，一个整数。")),
            NumberRange(1, MOST_HOURS, _l("课时是 1 到 8 之间的整数，每课时 45 分钟。")),
        ],
        description=_l("每课时 45 分钟，其余时间是休息。"),
    )
    room = SelectField(_l("教室"), [Optional()])
    lessons = SelectMultipleField(
        _l("上哪些课"),
        [Optional()],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    known: Mapping[str, TrainingRoom]

    @classmethod
    def of(
        cls,
        row: ClassMeeting | None,
        found: TrainingClass,
        rooms: Mapping[str, TrainingRoom],
        course: Sequence[OutlineLesson],
    ) -> Self:
        """Return the form of a half day as it is, or of a new one on the first day."""
        form = cls(data=_values(row) if row else {"day": found.starts_on, "hours": 4})
        form.known = rooms
        named = ((one.id, f"{one.name}（{one.seats}）") for one in rooms.values())
        form.room.choices = options([("", _l("还没定")), *named])
        english = in_english()
        form.lessons.choices = options(
            (one.code, f"{one.code} {one.title_en if english else one.title}") for one in course
        )
        return form

    def half_day(self) -> HalfDay:
        """Return what was filled in, validated."""
        day, begins, ends = self.day.data, self.begins.data, self.ends.data
        assert isinstance(day, date) and begins and ends and self.hours.data  # noqa: S101, PT018
        return HalfDay(
            title=str(self.title.data).strip(),
            starts_at=datetime.combine(day, begins, SHANGHAI),
            ends_at=datetime.combine(day, ends, SHANGHAI),
            minutes=self.hours.data * MINUTES_PER_CLASS_HOUR,
            room=self.known.get(self.room.data or ""),
            lessons=tuple(self.lessons.data or ()),
        )


class RoomForm(FlaskForm):  # type: ignore[misc]
    """A room to register."""

    organisation = SelectField(_l("培训单位"), [InputRequired(_l("请选培训单位。"))])
    name = StringField(
        _l("教室名称"),
        [
            InputRequired(_l("请写教室名称，如 201 教室。")),
            Length(max=40, message=_l("最多 40 个字。")),
        ],
    )
    address = StringField(
        _l("地址"), [Optional(), Length(max=120, message=_l("地址最多 120 个字。"))]
    )
    seats = IntegerField(
        _l("座位数"),
        [
            InputRequired(_l("请填座位数，一个整数。")),
            NumberRange(1, 2000, _l("座位数是 1 到 2000 之间的整数。")),
        ],
    )

    def facts(self) -> RoomFacts:
        """Return what was filled in, validated."""
        return RoomFacts(
            name=" ".join(str(self.name.data).split()),
            address=(self.address.data or "").strip(),
            seats=self.seats.data or 0,
        )


def _values(row: ClassMeeting) -> dict[str, Any]:
    begins, ends = row.starts_at.astimezone(SHANGHAI), row.over_at.astimezone(SHANGHAI)
    return {
        "title": row.title,
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "hours": row.minutes // MINUTES_PER_CLASS_HOUR,
        "room": row.room_id or "",
        "lessons": row.lessons,
    }
