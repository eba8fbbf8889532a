"""The forms of the list check and of keys."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.training.forms import options

SCOPES = {
    "status": _("查状态：有效、暂停、撤销等"),
    "dates": _("查有效期：到哪一天"),
}


class ListForm(FlaskForm):  # type: ignore[misc]
    """Numbers, pasted or in a file."""

    numbers = TextAreaField(
        _("证书编号"),
        [Length(max=60_000, message=_("太长了。一次最多 500 个编号。"))],
        description=_("一行一个，最多 500 个。编号后面可以写姓名，会核对是不是这个人。"),
        render_kw={"rows": 8, "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(_("或者传一份名单"))


class KeyForm(FlaskForm):  # type: ignore[misc]
    """Who gets a key, what for, until when."""

    holder: Any = StringField(
        _("发给哪家医院或平台"),
        [InputRequired(_("请填单位全称。")), Length(max=100, message=_("最多 100 个字。"))],
    )
    purpose: Any = StringField(
        _("用在哪里"),
        [
            InputRequired(_("请写用在哪个系统、谁负责。")),
            Length(max=200, message=_("最多 200 个字。")),
        ],
        description=_("例如：门诊导医台系统，信息科负责。不写个人手机号。"),
    )
    scopes = SelectMultipleField(
        _("能查什么"),
        choices=options(SCOPES.items()),
        default=["status"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    valid_until: Any = DateField(_("到哪天为止"), [InputRequired(_("请填到期日，最长两年。"))])


class WithdrawForm(FlaskForm):  # type: ignore[misc]
    """Why a key is withdrawn."""

    reason = StringField(
        _("为什么收回"),
        [InputRequired(_("请写明原因。")), Length(max=200, message=_("最多 200 个字。"))],
    )
