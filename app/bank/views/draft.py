"""A question on its way into the bank: what was posted, what there is to say of it, how it looks.

Takes uploads in and does what the buttons beside rows say, before the form is read. Saving is
`writing.py`'s, the sentences `noting.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, SelectMultipleField

from app import clock
from app.bank import media, noting, wall
from app.bank.alike import Alike
from app.bank.forms import NEW, form_for
from app.bank.forms.pieces import words
from app.bank.forms.rows import act_of, apply
from app.bank.noting import FAULT, FLAW, Note
from app.bank.views.opening import today
from app.extensions import db, outside_transaction
from app.permissions import the_user
from question_bank import Question, shown

FILE = re.compile(r"((?:parts-[0-9]{1,3}-)?media-[0-9]{1,3}-)file")
SAVE, CHECK, SHOW = "save", "check", "show"
STALE = "peizhen.stale"  # in the request's environment: its token is too old to save by
LOOKED_AT = 60_000  # characters; what is longer is no question, and its flaws are nobody's matter


@dataclass
class Draft:
    """A form with the question it says, and the notes about it."""

    before: Question
    form: Any
    question: Question
    do: str = SHOW
    notes: list[Note] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    focus: str = ""

    @property
    def faults(self) -> list[Note]:
        """Return what keeps it from being saved."""
        return [note for note in self.notes if note.kind == FAULT]

    @property
    def flaws(self) -> list[Note]:
        """Return the flaws of writing."""
        return [note for note in self.notes if note.kind == FLAW]

    @property
    def by_place(self) -> dict[str, list[Note]]:
        """Return the notes by the element they belong to."""
        found: dict[str, list[Note]] = {}
        for note in self.notes:
            found.setdefault(note.place, []).append(note)
        return found

    @property
    def shown(self) -> dict[str, Any] | None:
        """Return what a trainee would see, None for what cannot be shown yet."""
        try:
            return shown(self.question)
        except (KeyError, ValueError):
            return None

    def look(self) -> None:
        """Find the flaws and the near-duplicates."""
        self.notes += noting.flaws_of(self.form, self.question)
        self.alike = noting.alike_of(self.question, pools())


def is_stale() -> bool:
    """Tell whether the form outlived its token: it is shown again and never saved."""
    return bool(request.environ.get(STALE))


def pools() -> tuple[str, ...]:
    """Return the pools the signed-in person may hear of today."""
    return wall.visible_pools(the_user(), today())


def fresh(before: Question, tags: list[str], *, look: bool) -> Draft:
    """Return the draft of a form that was just opened."""
    form = form_for(before.kind, before, None)
    form.tags.data = "、".join(tags)
    draft = Draft(before, form, form.question(before))
    if look:
        draft.look()
    return draft


def posted(before: Question, *, do: str = "") -> Draft:
    """Return the draft that was posted, with its notes; nothing is saved but uploads."""
    data, refused = _taken_in()
    wanted = do or (SHOW if is_stale() else request.form.get("do", SAVE))
    act = act_of(wanted)
    focus = apply(data, act) if act else ""
    if wanted.startswith("enemy:"):
        data["enemies"] = "、".join([*words(data.get("enemies")), wanted[len("enemy:") :][:40]])
    if before.id != NEW:
        data["pool"] = before.pool  # it never changes, and the form does not offer it
    form = form_for(before.kind, before, data)
    question = replace(form.question(before), pool=form.pool.data or before.pool)
    draft = Draft(before, form, question, wanted, refused, focus=focus)
    if wanted in (SAVE, CHECK):
        form.validate()
        draft.notes += noting.faults_of(form, draft.question, before, pools())
        draft.notes += noting.removed_of(form)
    long = sum(map(len, data.values())) > LOOKED_AT
    if not long and (wanted == CHECK or (wanted == SAVE and draft.faults)):
        draft.look()
    return draft


def _taken_in() -> tuple[MultiDict[str, str], list[Note]]:
    """Return what was posted, with each uploaded file cleaned and kept, and what was refused."""
    data: MultiDict[str, str] = MultiDict(request.form)
    files = [
        (found[1], file) for name, file in request.files.items() if (found := FILE.fullmatch(name))
    ]
    refused = []
    for start, file in files:
        if not file.filename:
            continue
        outside_transaction()
        try:
            cleaned = media.clean(file.read())
        except media.MediumRefused as error:
            refused.append(Note(FAULT, f"{start}alt", error.sentence))
            continue
        kept = media.keep(cleaned, now=clock.now())
        data[f"{start}sha256"], data[f"{start}media_type"] = kept.sha256, kept.media_type
        data[f"{start}medium_kind"] = cleaned.kind
        db.session.commit()
    return data, refused


def names_and_values(fields: Any) -> Iterator[tuple[str, str]]:
    """Yield what a form would post as it stands: for pages that carry what was typed along."""
    for one in fields:
        if isinstance(one, FieldList):
            for row in one:
                yield from names_and_values(row.form)
        elif isinstance(one, BooleanField):
            if one.data:
                yield one.name, "y"
        elif isinstance(one, SelectMultipleField):
            yield from ((one.name, value) for value in one.data or ())
        elif one.name != "csrf_token":
            value = one._value() if hasattr(one, "_value") else one.data
            yield one.name, "" if value is None else str(value)
