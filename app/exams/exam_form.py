"""The form of an exam: what is asked, how long, in which parts, and who set the pass mark how."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.exams import sections
from app.exams.forms import NEEDED, given
from app.exams.proving import CERTIFICATION, MOCK
from app.exams.publishing import FIXED, Plan
from app.extensions import db
from app.models.bank import ExamBlueprint
from app.models.exams import Exam


class ExamForm(FlaskForm):  # type: ignore[misc]
    """A new exam, or one that is changed."""

    title = StringField(_l("考试名称"), [NEEDED, Length(max=100)])
    title_en = StringField(_l("英文名称"), [NEEDED, Length(max=150)])
    purpose = SelectField(
        _l("用来做什么"),
        choices=[
            SelectChoice(CERTIFICATION, _l("正式考试：抽考试题，成绩算数")),
            SelectChoice(MOCK, _l("模拟考：只抽练习题，学员自己考，不算数")),
        ],
        default=CERTIFICATION,
    )
    blueprint = SelectField(_l("双向细目表"))
    minutes = IntegerField(
        _l("考试分钟数"),
        [InputRequired(_l("请填写这一项")), NumberRange(5, 600, _l("请填 5 到 600 分钟"))],
    )
    pass_percent = IntegerField(
        _l("及格线（%）"),
        [InputRequired(_l("请填写这一项")), NumberRange(1, 100, _l("请填 1 到 100"))],
    )
    pass_method = StringField(
        _l("及格线怎么定的"),
        [NEEDED, Length(max=100)],
        description=_l("例如：固定及格线；改良 Angoff，两轮取中位数"),
        default=FIXED,
    )
    pass_panel = StringField(
        _l("由谁定的"), [NEEDED, Length(max=200)], description=_l("照会议记录上写的")
    )
    pass_set_on = DateField(_l("哪天定的"), [DataRequired(_l("请写成年月日"))])
    sections = TextAreaField(
        _l("分部分"),
        [Length(max=3000)],
        description=_l(
            "不分就空着。一行一个部分：名称 | 英文名称 | 领域 | 分钟 | 最低得分%，例如：基础 | Basics | A、C | 40 | 50。"
            "分钟都写 0，就只设最低分。"
        ),
    )


def fill(form: ExamForm, exam: Exam) -> None:
    """Put an exam into its form."""
    form.process(
        title=exam.title,
        title_en=exam.title_en,
        purpose=exam.purpose,
        blueprint=exam.blueprint_id,
        minutes=exam.minutes,
        pass_percent=exam.pass_percent,
        pass_method=exam.pass_method,
        pass_panel=exam.pass_panel,
        pass_set_on=exam.pass_set_on,
        sections=sections.written(exam.sections),
    )


def plan_of(form: ExamForm) -> Plan:
    """Return what a valid form asks for. Raises sections.BadSections naming the line."""
    return Plan(
        title=given(form.title).strip(),
        title_en=given(form.title_en).strip(),
        blueprint=db.session.get_one(ExamBlueprint, given(form.blueprint)),
        minutes=given(form.minutes),
        pass_percent=given(form.pass_percent),
        pass_method=given(form.pass_method).strip(),
        pass_panel=given(form.pass_panel).strip(),
        pass_set_on=given(form.pass_set_on),
        sections=sections.read(form.sections.data or ""),
        purpose=given(form.purpose),
    )
