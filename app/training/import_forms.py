"""The forms of enrolling a group, and of the person who opens their own link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.training.forms import CATEGORIES, options


class PeopleForm(FlaskForm):  # type: ignore[misc]
    """A sheet of people."""

    file = FileField(_l("名单"))
    category = SelectField(
        _l("没写类别的人算哪一类"), [InputRequired(_l("请选一类。"))], choices=options(CATEGORIES)
    )


class EnrolForm(FlaskForm):  # type: ignore[misc]
    """What the invited person states."""

    phone = StringField(
        _l("手机号"),
        [InputRequired(_l("请填报名时留的手机号。")), Length(max=40)],
        description=_l("报名名单上的那一个，以后用它登录。"),
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
    )
    password = PasswordField(
        _l("设一个密码"),
        [InputRequired(_l("请设一个密码。")), Length(max=200)],
        description=_l("几个词连起来，好记也难猜。"),
        render_kw={"autocomplete": "new-password"},
    )
    service = BooleanField(_l("我同意"))
    identity = BooleanField(_l("我同意"))
