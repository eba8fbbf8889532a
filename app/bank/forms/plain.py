"""The small forms: a question as text of the file format, and a word with an approval or a return."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.bank import wording
from app.bank.forms.pieces import choices, printable, visible


class FileForm(FlaskForm):  # type: ignore[misc]
    """A question as text in the file format: everything the format knows can be written so."""

    base = HiddenField()
    pool = SelectField(_("题池"), choices=choices(wording.POOLS), default="practice")
    text = TextAreaField(
        _("题目（YAML）"),
        validators=[
            InputRequired(message=_("请写题目。")),
            Length(max=60_000, message=_("最多 60000 个字，请缩短。")),
        ],
        filters=[visible],
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A word with an approval, a return or a retirement."""

    note = TextAreaField(
        _("说明"),
        validators=[Optional(), Length(max=300, message=_("最多 300 个字，请缩短。"))],
        filters=[printable],
    )
