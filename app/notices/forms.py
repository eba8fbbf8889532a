"""The forms of notices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.notices.kinds import STOPPABLE

CHANNELS = {"sms": _l("短信"), "wechat": _l("微信"), "email": _l("邮件")}


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """By which channel, and of what."""

    channel = RadioField(_l("怎么通知你"), [InputRequired(_l("请选一种。"))])
    wanted = SelectMultipleField(
        _l("这些可以不收"),
        choices=[SelectChoice(one.code, one.label) for one in STOPPABLE],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("勾着的会通知你，去掉勾就不发了。"),
    )


class MailForm(FlaskForm):  # type: ignore[misc]
    """An e-mail address."""

    email = StringField(
        _l("邮箱"),
        [InputRequired(_l("请填邮箱地址。")), Length(max=200)],
        description=_l("加密保存。我们发一个验证码过去，填回来才会用。"),
        render_kw={"type": "email", "autocomplete": "email"},
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code that was sent there."""

    code = StringField(
        _l("邮件里的 6 位验证码"),
        [InputRequired(_l("请填邮件里的验证码。")), Length(max=20)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )
