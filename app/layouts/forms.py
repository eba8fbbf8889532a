"""The forms of layouts. The fields of slots are the layout's own and read by `editing`."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from app.layouts.drafting import Pictures


class NewForm(FlaskForm):  # type: ignore[misc]
    """A new draft: its kind and name, and what it is made like."""

    kind = HiddenField()
    name = StringField(
        _("名字"),
        [Length(max=60, message=_("名字最多 60 个字。"))],
        description=_("只给协会的人看，例如“2027 年竖版”"),
    )
    copied = HiddenField()


class LayoutForm(FlaskForm):  # type: ignore[misc]
    """What every draft's form has, beside the fields of its slots."""

    name = StringField(_("名字"), [Length(max=60, message=_("名字最多 60 个字。"))])
    changes = IntegerField(widget=HiddenInput())
    seal = FileField(
        _("印章图片"), [Optional()], description=_("透明底的 PNG。不传就用系统设置里的印章")
    )
    without_seal = BooleanField(_("去掉已传的印章图片"))
    background = FileField(
        _("底图"),
        [Optional()],
        description=_("JPEG、PNG 或 WebP，最多 5 MB。会印得很淡，文字才看得清"),
    )
    without_background = BooleanField(_("去掉已传的底图"))

    def pictures(self) -> Pictures:
        """Return what the form says of pictures."""
        return Pictures(
            seal=_bytes("seal"),
            background=_bytes("background"),
            without_seal=self.without_seal.data,
            without_background=self.without_background.data,
        )


class ActForm(FlaskForm):  # type: ignore[misc]
    """A button; `changes` says which state of the draft was looked at."""

    changes = IntegerField(widget=HiddenInput(), validators=[Optional()])


def _bytes(name: str) -> bytes | None:
    given: Any = request.files.get(name)
    return given.read() or None if given else None
