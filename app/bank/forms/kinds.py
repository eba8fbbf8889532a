"""The forms by kind. To add a kind: a file here, and one line in the list.

A test compares this list with `question_bank.KINDS`.
"""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm

from app.bank.forms.asked import AskedForm
from app.bank.forms.case_set import CaseSetForm, Parts, part_form
from app.bank.forms.fill_in import FillInForm
from app.bank.forms.matching import MatchingForm
from app.bank.forms.numeric import NumericForm
from app.bank.forms.options import (
    TRUE_AND_FALSE,
    MultipleChoiceForm,
    SingleChoiceForm,
    TrueFalseForm,
)
from app.bank.forms.ordering import OrderingForm
from app.bank.forms.record import RecordForm
from app.bank.forms.rubric import ShortAnswerForm, UploadForm
from question_bank import KINDS, Question


class DescriptionForm(AskedForm):
    """Text to read: nothing is asked and nothing marked."""

    kind = "description"
    level = None
    band = None
    p = None
    rule = None
    shuffle = None


_ASKED: tuple[type[AskedForm], ...] = (
    SingleChoiceForm,
    MultipleChoiceForm,
    TrueFalseForm,
    OrderingForm,
    MatchingForm,
    FillInForm,
    NumericForm,
    ShortAnswerForm,
    UploadForm,
    DescriptionForm,
)
NEW = "new"  # the id of a question that has no code yet
PART_KINDS = {form.kind: part_form(form) for form in _ASKED}


class WholeCaseForm(CaseSetForm):
    """A case set with parts of all the kinds there are."""

    parts = Parts(PART_KINDS)


_WHOLE: tuple[type[AskedForm], ...] = (*_ASKED, WholeCaseForm)
FORMS: dict[str, Any] = {
    form.kind: type(f"{form.__name__}Whole", (RecordForm, form, FlaskForm), {}) for form in _WHOLE
}
WRITABLE = tuple(kind for kind in KINDS if kind in FORMS)


def form_for(kind: str, before: Question, formdata: Any) -> Any:
    """Return a kind's form for one question, filled from what was posted, or from the question.

    `formdata` is what was posted, or None to show `before`.
    """
    form = FORMS[kind](formdata=formdata)
    if formdata is None:
        form.show(before)
    form.add_rows()
    form.fits(before)
    return form


def empty_question(kind: str) -> Question:
    """Return what a new question of a kind begins with."""
    return Question(
        id=NEW,
        kind=kind,
        pool="practice",
        domain="A",
        lesson="",
        level="" if kind in ("case_set", "description") else "use",
        options=TRUE_AND_FALSE if kind == "true_false" else (),
    )
