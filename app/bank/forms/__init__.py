"""The forms of the bank: one small class for each kind, and what all of them share."""

from app.bank.forms.kinds import FORMS, NEW, WRITABLE, empty_question, form_for
from app.bank.forms.pieces import printable
from app.bank.forms.plain import FileForm, NoteForm

__all__ = [
    "FORMS",
    "NEW",
    "WRITABLE",
    "FileForm",
    "NoteForm",
    "empty_question",
    "form_for",
    "printable",
]
