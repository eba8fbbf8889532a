"""The forms of the bank: one small class for each kind, and what all of them share."""

from app.bank.forms.former import WRITABLE, QuestionForm
from app.bank.forms.kinds import FORMS, empty_question, form_for
from app.bank.forms.pieces import printable
from app.bank.forms.plain import FileForm, NoteForm

__all__ = [
    "FORMS",
    "WRITABLE",
    "FileForm",
    "NoteForm",
    "QuestionForm",
    "empty_question",
    "form_for",
    "printable",
]
