"""A form that is never sent: the styleguide shows every kind of field with it.

It has no rules of its own and no token; the one error is set by hand, so that the page can show it.
"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import Optional


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind."""

    phone = StringField()
    number = StringField()
    reason = TextAreaField(validators=[Optional()])
    password = PasswordField()
    kind = SelectField()
    day = DateField()
    photo = FileField()
    way = RadioField()
    uses = SelectMultipleField(
        widget=widgets.ListWidget(prefix_label=False), option_widget=widgets.CheckboxInput()
    )
    agreed = BooleanField()


def sample_form() -> SampleForm:
    """Return the form with its words in the reader's language and one field wrong."""
    form = SampleForm(formdata=None, meta={"csrf": False})
    words = {
        "phone": _("手机号"),
        "number": _("身份证号"),
        "reason": _("理由"),
        "password": _("密码"),
        "kind": _("证件种类"),
        "day": _("日期"),
        "photo": _("证件照"),
        "way": _("参加方式"),
        "uses": _("同意的用途"),
        "agreed": _("我已读完考试规则"),
    }
    for name, label in words.items():
        form[name].label.text = label
    form.phone.description = _("用来收考试通知")
    form.agreed.description = _("2026 年第 2 版")
    form.number.errors = [_("少了 1 位，应是 18 位")]
    form.kind.choices = [("resident", _("居民身份证")), ("passport", _("护照"))]
    form.way.choices = [("remote", _("线上")), ("site", _("到教学点"))]
    form.uses.choices = [("print", _("打印在证书上")), ("page", _("查验页显示照片"))]
    return form
