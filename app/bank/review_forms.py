"""The forms of review: a word with an act, where a question goes after it, a remark."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are older
from wtforms.validators import InputRequired, Length, Optional

from app.bank.commenting import LONGEST_COMMENT
from app.bank.forms import printable
from app.bank.retiring import LONGEST_REASON


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A word with an approval, a return or a change of stage."""

    note = TextAreaField(
        _("说明"),
        validators=[
            Optional(),
            Length(max=LONGEST_REASON, message=_("最多 300 个字，请缩短。")),
        ],
        filters=[printable],
    )


class ApprovalForm(NoteForm):
    """The same with where the question goes after the final approval."""

    then = RadioField(
        _("终审通过后"),
        choices=[
            SelectChoice(value="trial", label=_("先试测：考生会遇到，但不计分")),
            SelectChoice(value="active", label=_("直接启用：从下一次组卷起计分")),
        ],
        validators=[Optional()],
    )
    despite = BooleanField(_("意见都看过，仍然通过"))


class CommentForm(FlaskForm):  # type: ignore[misc]
    """A remark on a version, or an answer to one."""

    parent = HiddenField()
    text = TextAreaField(
        _("意见"),
        validators=[
            InputRequired(message=_("请写下意见。")),
            Length(max=LONGEST_COMMENT, message=_("最多 2000 个字，请缩短或分成几条。")),
        ],
        filters=[printable],
    )


class TakeForm(FlaskForm):  # type: ignore[misc]
    """Several drafts that an item writer takes on and hands in."""

    entries = SelectMultipleField(_("题目"), validate_choice=False)
