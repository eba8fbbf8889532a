"""The forms of bringing in and of changing a status."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.training.forms import options

STATUSES = {
    "suspended": _("暂停"),
    "valid": _("恢复有效"),
    "withdrawn": _("撤销"),
    "cancelled": _("注销"),
    "replaced": _("已更换：已在本系统领了新证"),
}


class SheetForm(FlaskForm):  # type: ignore[misc]
    """A sheet, and who vouches for it."""

    file = FileField(_("表格"))
    source: Any = StringField(
        _("表格从哪里来"),
        [
            InputRequired(_("请写明是哪一份名册、谁核对过。")),
            Length(max=200, message=_("最多 200 个字。")),
        ],
        description=_("例如：2025年发证登记簿，秘书处核对。会留在登记里。"),
    )
    tried = HiddenField()


class StatusForm(FlaskForm):  # type: ignore[misc]
    """A change of status."""

    status = RadioField(
        _("改成"), [InputRequired(_("请选一个状态。"))], choices=options(STATUSES.items())
    )
    reason = TextAreaField(
        _("理由"),
        [InputRequired(_("请写明理由。")), Length(max=300, message=_("最多 300 个字。"))],
        description=_("留在登记里，公开的查验页不显示。"),
    )
