"""The forms of training. What a field may hold is said in whole sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, NumberRange, Optional

CATEGORIES = (
    ("platform", _l("平台陪诊师")),
    ("care_institution", _l("养老机构陪诊师")),
    ("independent", _l("独立陪诊师")),
    ("volunteer", _l("志愿者")),
)


def options(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """Return values and labels as the choices of a select or radio field."""
    return [SelectChoice(value, label) for value, label in pairs]


class JoinForm(FlaskForm):  # type: ignore[misc]
    """The code, one's category, and the consent without which no record can be kept."""

    code = StringField(
        _l("班级码"),
        [InputRequired(_l("请填老师给你的 8 位班级码。")), Length(max=40)],
        description=_l("由字母和数字组成，大写小写都可以。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    category = RadioField(
        _l("你是哪一类"),
        [InputRequired(_l("请选一类，培训单位按它统计。"))],
        choices=options(CATEGORIES),
    )
    consent = BooleanField(_l("我同意"))


class ClassFields(FlaskForm):  # type: ignore[misc]
    """What is filled in of a class when it is opened, and can be changed later."""

    title = StringField(
        _l("班级名称"), [InputRequired(_l("请给班级起个名字，学员会看到。")), Length(max=100)]
    )
    starts_on = DateField(_l("开始日期"), [InputRequired(_l("请填开始日期，如 2026-11-23。"))])
    ends_on = DateField(_l("结束日期"), [InputRequired(_l("请填结束日期，如 2026-11-27。"))])
    capacity = IntegerField(
        _l("名额"),
        [
            InputRequired(_l("请填名额，一个整数。")),
            NumberRange(1, 500, _l("名额是 1 到 500 之间的整数。")),
        ],
    )
    plan = TextAreaField(
        _l("开班须知"),
        [Optional(), Length(max=2000, message=_l("开班须知最多 2000 个字。"))],
        description=_l("学员在“我的班级”里看到：带什么、怎么到、午饭怎么办。"),
    )


class ClassForm(ClassFields):
    """A new class."""

    organisation = SelectField(_l("培训单位"), [InputRequired(_l("请选培训单位。"))])
    district = SelectField(
        _l("所在区"),
        [InputRequired(_l("请选一个区，证书编号用它。"))],
        description=_l("证书编号里的区，就是班级所在的区。"),
    )
    edition = SelectField(_l("课程版本"), [InputRequired(_l("请选课程版本。"))])


class InstructorForm(FlaskForm):  # type: ignore[misc]
    """Who is named instructor of record."""

    person = SelectField(_l("任课教师"), [InputRequired(_l("请选一位教师。"))])


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is taken back."""

    reason = StringField(
        _l("原因"),
        [
            InputRequired(_l("请写明原因，会和记录一起保留。")),
            Length(max=200, message=_l("原因最多 200 个字。")),
        ],
    )


class AssessmentForm(FlaskForm):  # type: ignore[misc]
    """What two examiners found."""

    second = SelectField(
        _l("另一位考官"),
        [InputRequired(_l("要有两位考官，请选另一位。"))],
    )
    held_on = DateField(_l("考核日期"), [InputRequired(_l("请填考核日期，如 2026-11-27。"))])
    mark = IntegerField(
        _l("得分（满分 100）"),
        [
            InputRequired(_l("请填得分，0 到 100 的整数。")),
            NumberRange(0, 100, _l("得分是 0 到 100 的整数。")),
        ],
    )
    critical_error = RadioField(
        _l("有没有一票否决的错误"),
        [InputRequired(_l("请选“没有”或“有”。"))],
        choices=options([("no", _l("没有")), ("yes", _l("有，这次不通过"))]),
    )
    note = TextAreaField(
        _l("说明"),
        [Optional(), Length(max=300, message=_l("说明最多 300 个字。"))],
    )
