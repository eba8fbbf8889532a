"""The forms of objections and answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional

from app.applications.objecting import CONTACT_MOST, TEXT_LEAST, TEXT_MOST


class ObjectionForm(FlaskForm):  # type: ignore[misc]
    """An objection. Without a token: the page has no cookie to hold one."""

    class Meta:
        """No token."""

        csrf = False

    text = TextAreaField(
        _("您的异议"),
        description=_("写清楚什么时候、什么事、您怎么知道的。请不要写老人的病情和证件号。"),
        validators=[
            InputRequired(_("请写下您的异议。")),
            Length(
                min=TEXT_LEAST,
                max=TEXT_MOST,
                message=_("请写 10 到 1000 个字，说清楚什么时候、什么事。"),
            ),
        ],
    )
    contact = StringField(
        _("怎么联系您"),
        description=_("电话或邮箱，加密保存，只有办理的人看得到。不填也收，但我们问不了您。"),
        validators=[Optional(), Length(max=CONTACT_MOST, message=_("最多 60 个字。"))],
    )
    website = StringField(_("这一格请留空"), validators=[Optional()])
    """For machines that fill in everything; people do not see it."""


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The receipt of an objection."""

    class Meta:
        """No token."""

        csrf = False

    code = StringField(
        _("回执号"),
        description=_("提异议时给您的十位字母和数字。"),
        validators=[InputRequired(_("请填回执号。")), Length(max=20)],
    )


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """Whether an objection is right, and why."""

    outcome = RadioField(
        _("认定"),
        choices=[
            SelectChoice("dismissed", _("不成立：不影响发证")),
            SelectChoice("upheld", _("成立：不能发证")),
        ],
        validators=[InputRequired(_("请选一项。"))],
    )
    answer = TextAreaField(
        _("查了什么，为什么"),
        description=_("提异议的人凭回执号能看到。不要写持证人的隐私。"),
        validators=[
            InputRequired(_("请写明查了什么、为什么这样认定。")),
            Length(min=TEXT_LEAST, max=TEXT_MOST, message=_("请写 10 到 1000 个字。")),
        ],
    )
