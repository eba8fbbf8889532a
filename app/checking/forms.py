"""The forms of the public check."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class CheckForm(FlaskForm):  # type: ignore[misc]
    """Number and surname, typed by a stranger. Without a token: the page has no cookie to hold one,
    and nothing can be changed by sending it."""

    class Meta:
        """No token."""

        csrf = False

    number = StringField(
        _("证书编号"),
        validators=[InputRequired(_("请填证书编号，印在证书下方。")), Length(max=60)],
    )
    surname = StringField(
        _("持证人的姓"),
        validators=[InputRequired(_("请填持证人的姓。")), Length(max=60)],
    )
