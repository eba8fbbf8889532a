"""The forms of declarations and entries."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional

from app.competence.wording import KINDS, REASONS

NOBODY = ""


class DeclarationForm(FlaskForm):  # type: ignore[misc]
    """A tie to a person or an organisation."""

    name = StringField(
        _("姓名"),
        description=_("和您有利益关系的人。不写姓名，就选下面的工作单位。"),
        validators=[Optional(), Length(max=60)],
    )
    phone = StringField(
        _("手机号"),
        description=_("知道就写，只用来认准是哪一位；不写，同名的都会回避。"),
        validators=[Optional(), Length(max=30)],
    )
    organisation = SelectField(_("工作单位"), validators=[Optional()])
    reason = SelectField(_("什么关系"), choices=[SelectChoice(*one) for one in REASONS.items()])
    note = StringField(_("说明"), validators=[Optional(), Length(max=200)])
    since = DateField(_("从哪天起"), validators=[InputRequired(_("请填从哪天起。"))])
    until = DateField(_("结束日期"), description=_("还在继续就空着。"), validators=[Optional()])


class EntryForm(FlaskForm):  # type: ignore[misc]
    """One piece of a competence file."""

    kind = SelectField(_("类别"), choices=[SelectChoice(*one) for one in KINDS.items()])
    title = StringField(
        _("名称"),
        description=_("例如：老年人能力评估师，编号不用写。"),
        validators=[InputRequired(_("请写名称。")), Length(max=120)],
    )
    obtained_on = DateField(_("取得的日期"), validators=[InputRequired(_("请填取得的日期。"))])
    valid_until = DateField(
        _("有效期到"), description=_("没有期限就空着。"), validators=[Optional()]
    )
