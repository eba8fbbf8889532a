"""The forms of the practicum. No field asks for the person accompanied."""

from __future__ import annotations

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.practicum import wording
from app.practicum.refusing import PracticumRefused
from app.training.forms import options

_LONG = _l("最多 200 个字。")


class _Form(FlaskForm):  # type: ignore[misc]
    def show(self, refusal: PracticumRefused) -> None:
        """Put a refusal's sentence beside its field, or above the form."""
        target: Any = getattr(self, refusal.field, None) if refusal.field else None
        if target is None:
            self.form_errors.append(refusal.sentence)
        else:
            target.errors = [*target.errors, refusal.sentence]

    def shown(self, refusal: PracticumRefused) -> Self:
        """Return the form with a refusal's sentence in it."""
        self.show(refusal)
        return self


class BeginForm(_Form):
    """Where a visit takes place."""

    place = SelectField(_l("实训点"), [InputRequired(_l("请选实训点，带教老师在那里签字。"))])
    level = SelectField(
        _l("去的医疗机构"),
        [InputRequired(_l("请选医院的级别，门口的牌子上有。"))],
        choices=options(wording.LEVELS.items()),
    )
    department = SelectField(
        _l("哪一类科室"),
        [InputRequired(_l("请选科室的大类。"))],
        choices=options(wording.DEPARTMENTS.items()),
    )


class FinishForm(_Form):
    """What was done."""

    tasks = SelectMultipleField(
        _l("这次做了哪些事"),
        choices=options(wording.TASKS.items()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField(
        _l("说明"),
        [Optional(), Length(max=200, message=_LONG)],
        description=_l(
            "写你做了什么、学到什么。不写老人、家属、医生的姓名和任何号码，存以前会检查。"
        ),
    )


class AddForm(_Form):
    """A moment written in later."""

    step = SelectField(
        _l("补记哪一笔"),
        choices=options((code, word) for code, word in wording.MOMENTS.items() if code != "test"),
    )
    day = DateField(_l("哪一天"), [InputRequired(_l("请填日期，如 2026-11-23。"))])
    at = TimeField(_l("几点几分"), [InputRequired(_l("请填时间，如 09:48。"))])
    basis = StringField(
        _l("根据什么"),
        [InputRequired(_l("补记要写明根据，例如：号单、科室登记、记在纸上。")), Length(max=100)],
        description=_l("例如：号单、科室登记、当时记在纸上。没有根据的，写“约”。"),
    )


class ReasonForm(_Form):
    """Why."""

    reason = StringField(
        _l("原因"),
        [InputRequired(_l("请写明原因，会和记录一起保留。")), Length(max=200, message=_LONG)],
    )


class AskForm(_Form):
    """Who is asked to sign."""

    supervisor = RadioField(_l("请谁签字"), [InputRequired(_l("请选一位带教老师。"))])


class SignForm(_Form):
    """A supervisor's answer."""

    code = StringField(
        _l("你的 6 位签名码"),
        [InputRequired(_l("请填签名码，是培训单位登记你时告诉你的。")), Length(max=20)],
        description=_l("培训单位登记你时告诉你的。忘了请找他们换一个。"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    reason = StringField(
        _l("不签的原因"),
        [Optional(), Length(max=200, message=_LONG)],
        description=_l("只在不签时填，学员会看到。不写老人的姓名和号码。"),
    )


class PlaceForm(_Form):
    """A place under agreement."""

    organisation = SelectField(_l("培训单位"), [InputRequired(_l("请选签协议的培训单位。"))])
    name = StringField(
        _l("实训点名称"), [InputRequired(_l("请填医院或机构的名称。")), Length(max=80)]
    )
    kind = RadioField(
        _l("哪一类"), [InputRequired(_l("请选一类。"))], choices=options(wording.PLACES.items())
    )
    district = SelectField(_l("所在区"), [InputRequired(_l("请选一个区。"))])
    agreed_from = DateField(_l("协议从哪天起"), [InputRequired(_l("请填协议开始的日期。"))])
    agreed_until = DateField(_l("到哪天止"), [Optional()], description=_l("没有写明到期的，空着。"))


class TermForm(_Form):
    """Until when an agreement runs."""

    until = DateField(_l("协议到哪天止"), [Optional()], description=_l("空着就是没有到期日。"))


class SupervisorForm(_Form):
    """Somebody who may sign."""

    name = StringField(_l("带教老师姓名"), [InputRequired(_l("请填姓名。")), Length(max=60)])
    phone = StringField(
        _l("手机号"),
        [InputRequired(_l("请填手机号，核对身份时用。")), Length(max=30)],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    consented = BooleanField(
        _l("本人同意"),
        description=_l("本人同意登记姓名和手机号（手机号加密保存），用于签实训记录。"),
    )


class TimeBankForm(_Form):
    """The account in the time bank."""

    number = StringField(
        _l("时光汇账号"),
        [Optional(), Length(max=60)],
        description=_l("可不填。加密保存，只在导出服务时间时用；清空再存就是删除。"),
        render_kw={"autocomplete": "off"},
    )
