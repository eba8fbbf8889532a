"""What there is to say about a question that is being written, each at its place on the page.

Faults keep it from being saved; flaws of writing and near-duplicates never do. The same notes are
drawn by the server and sent to the page's script while somebody types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from wtforms import FieldList, FormField

from app.bank import alike, media, wording
from app.bank.form_words import LISTS, on_a_page
from app.extensions import db
from app.models.bank import QuestionEntry
from app.saying import said
from question_bank import Fault, Question, QuestionError, check, dump, load
from question_bank.readers.sheets import invisible
from question_bank.style import find_flaws

FAULT, FLAW, ALIKE = "fault", "flaw", "alike"
INVISIBLE = "invisible"  # the code of what was removed from a text


@dataclass(frozen=True, slots=True)
class Note:
    """One remark: `place` is the id of an element, `label` names it in words."""

    kind: str
    place: str
    text: str
    mend: str = ""
    code: str = ""
    label: str = ""


def faults_of(
    form: Any, question: Question, before: Question, pools: Collection[str]
) -> list[Note]:
    """Return everything that keeps a question from being saved; `form` has been validated.

    `before` is what the form began from: what it already named is not asked for again.
    """
    found = dict.fromkeys(_errors(field for field in form if field.name != "csrf_token"))
    places = {place for place, _sentence in found}
    own = form.own_faults()
    for place, sentence in own:
        found.setdefault((place, sentence))
    faults = [*_whole_faults(question), *_unknown(question, before, pools)]
    for fault in faults:
        place = form.place(fault.path)
        if place not in places and not (own and "pairs" in fault.path):
            found.setdefault((place, said(on_a_page(fault.message))))
    names = labels(form)
    return [Note(FAULT, place, text, label=names.get(place, "")) for place, text in found]


def removed_of(form: Any) -> list[Note]:
    """Return a note for each field that held invisible marks; its filter has removed them."""
    names = labels(form)
    return [
        Note(
            FLAW,
            place,
            _("有看不见的或改变文字方向的字符 %(names)s，已经删去。", names=found),
            _("请核对文字。"),
            INVISIBLE,
            names.get(place, ""),
        )
        for place, text in _sent(form)
        if (found := invisible(text))
    ]


def _sent(fields: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield what the browser sent for each field: id and text."""
    for field in fields:
        if isinstance(field, FieldList):
            for row in field:
                yield from _sent(row.form)
        else:
            sent = getattr(field, "raw_data", None) or ()
            yield from ((str(field.id), text) for text in sent if isinstance(text, str))


def flaws_of(form: Any, question: Question) -> list[Note]:
    """Return the flaws of writing, each at its place."""
    names = labels(form)
    return [
        Note(
            FLAW,
            place,
            wording.flaw_rule(flaw),
            said(on_a_page(flaw.mend)),
            flaw.code,
            names.get(place, ""),
        )
        for flaw in find_flaws(question)
        for place in [form.place(flaw.path)]
    ]


def alike_of(question: Question, pools: Collection[str]) -> list[alike.Alike]:
    """Return the near-duplicates that somebody may hear of; of an empty question none."""
    words = len("".join((question.stem + question.scene).split()))
    return alike.near(question, pools=pools) if words >= LEAST_WORDS else []


LEAST_WORDS = 4  # characters; with fewer everything is alike


def labels(form: Any, before: str = "") -> dict[str, str]:
    """Return the name in words of each element of a form, by id."""
    named = {}
    for field in form:
        if isinstance(field, FieldList):
            word = str(LISTS.get(field.short_name, ""))
            named[field.id] = f"{before}{word}"
            for number, row in enumerate(field, start=1):
                mark = chr(64 + number) if field.short_name == "options" else str(number)
                place = f"{before}{word} {mark}"
                inside = labels(row.form, f"{place} · ")
                if field.short_name != "parts":
                    inside = dict.fromkeys(inside, place)
                named |= inside
        else:
            named[field.id] = f"{before}{field.label.text}"
    return named


def _errors(fields: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield what the fields themselves found: id and sentence."""
    for field in fields:
        if isinstance(field, FieldList):
            for row in field:
                yield from _errors(row.form)
        elif not isinstance(field, FormField):
            for sentence in field.errors:
                yield str(field.id), str(sentence)


def _whole_faults(question: Question) -> list[Fault]:
    draft = replace(question, status="draft")
    faults = [fault for fault in check(draft) if not _of_the_case(fault, draft)]
    try:
        # What cannot be read back (an empty option, a text too long) must not be stored.
        load(dump(draft))
    except QuestionError as error:
        faults += error.faults
    return faults


def _of_the_case(fault: Fault, question: Question) -> bool:
    """Tell whether a part's fault is about a picture that it only takes over from its case."""
    path = fault.path
    if path[:1] != ("questions",) or len(path) < 3 or path[2] != "media":
        return False
    return isinstance(path[1], int) and question.parts[path[1]].media == question.media


def _unknown(question: Question, before: Question, pools: Collection[str]) -> Iterator[Fault]:
    """Yield enemies that do not exist and media that this person cannot use."""
    named = [code for code in question.enemies if code not in before.enemies]
    found = set(
        db.session.scalars(
            select(QuestionEntry.code).where(
                QuestionEntry.code.in_(named), QuestionEntry.pool.in_(pools)
            )
        )
        if named
        else ()
    )
    for code in named:
        if code not in found:
            yield Fault(("enemies",), _("没有编号 %(code)s 的题，或你不能打开它。", code=code))
    known = {one.sha256 for part in (before, *before.parts) for one in part.media}
    paths = [((), question), *((("questions", at), one) for at, one in enumerate(question.parts))]
    for path, part in paths:
        own = () if part is not question and part.media == question.media else part.media
        for at, medium in enumerate(own):
            usable = not medium.sha256 or medium.sha256 in known
            if not usable and media.find_for(medium.sha256, pools) is None:
                yield Fault((*path, "media", at, "sha256"), _("没有这个文件，请重新上传。"))
