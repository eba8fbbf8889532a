"""The form of a case set: a scene, and parts each with the form of its own kind."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, HiddenField, TextAreaField
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Length

from app.bank.forms.asked import MOST_ROWS, AskedForm
from app.bank.forms.options import TRUE_AND_FALSE, id_field
from app.bank.forms.pieces import LONGEST_STEM, clean, fresh_id, visible
from app.bank.forms.sources import SourceRow, source_row, sources_of
from question_bank import Question
from question_bank.body import PART_MAY_SAY
from question_bank.question import Path

MOST_PARTS = 12
AS_THE_CASE = ("media", "sources")
"""What a part shows only where it is its own."""
OF_THE_CASE = ("domain", "language", "review_by", "reviewers_needed", "writer")


class OwnSources(AskedForm):
    """What a part may say of where it comes from; without a row it is as the case says."""

    sources = FieldList(FormField(SourceRow), max_entries=MOST_ROWS)
    elsewhere: Set[str] = frozenset()
    """Ids of sources in the rest of the case, set before `values` is asked for."""

    def show(self, question: Question) -> None:
        super().show(question)
        for source in question.sources:
            self.sources.append_entry(source_row(source))

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        own, self.used["sources"] = sources_of(self.sources, before.sources, self.elsewhere)
        return found | {"sources": own}


def part_form(asked: type[AskedForm]) -> type[AskedForm]:
    """Return a kind's form as it stands inside a case: with the part's id, kind and sources."""
    named = {"part_id": id_field(), "kind_name": HiddenField()}
    return type(f"Part{asked.__name__}", (OwnSources, asked), named)


class Parts(FieldList):  # type: ignore[type-arg]  # generic only in the stubs
    """Rows of several kinds: each says its own in `kind_name`."""

    def __init__(self, kinds: dict[str, type[AskedForm]], **given: Any) -> None:
        self.kinds = kinds
        first = next(iter(kinds.values()))
        super().__init__(FormField(first), max_entries=MOST_PARTS, **given)

    def _add_entry(self, formdata: Any = None, data: Any = unset_value, index: Any = None) -> Any:
        at = self.last_index + 1 if index is None else index
        name = formdata.get(f"{self.name}-{at}-kind_name") if formdata else None
        if isinstance(data, dict):
            name = data.get("kind_name")
        kind = name if name in self.kinds else next(iter(self.kinds))
        self.unbound_field = FormField(self.kinds[kind])  # type: ignore[assignment]
        entry = super()._add_entry(formdata, data, index)  # type: ignore[misc]
        entry.form.kind_name.data = kind
        return entry


class CaseSetForm(AskedForm):
    """A scene and its parts; `parts` is added for the kinds there are (`kinds.py`)."""

    kind = "case_set"
    lists = ("parts",)
    places: ClassVar[dict[str, str]] = {"questions": "parts"}
    stem = None
    level = None
    band = None
    p = None
    rule = None
    shuffle = None
    parts: Any
    scene = TextAreaField(
        _("情景"),
        validators=[
            InputRequired(message=_("请写情景。")),
            Length(max=LONGEST_STEM, message=_("情景最多 %(n)d 个字，请缩短。", n=LONGEST_STEM)),
        ],
        filters=[visible],
    )

    def fits(self, before: Question) -> None:
        super().fits(before)
        for row in self.parts:
            own = replace(before, kind=row.form.kind, parts=())
            row.form.fits(own)
            row.form.offer_media([one.form.name.data for one in self.media])

    def show(self, question: Question) -> None:
        super().show(question)
        self.scene.data = question.scene
        for part in question.parts:
            row = self.parts.append_entry({"kind_name": part.kind})
            row.form.part_id.data = part.id
            same = [name for name in AS_THE_CASE if getattr(part, name) == getattr(question, name)]
            shown: dict[str, Any] = dict.fromkeys(same, ())
            row.form.show(replace(part, **shown))

    def add_rows(self) -> None:
        super().add_rows()
        for row in self.parts:
            row.form.add_rows()

    def values(self, before: Question) -> dict[str, Any]:
        found = super().values(before)
        self.used["parts"] = list(self.parts)
        return found | {"scene": clean(self.scene.data)}

    def question(self, before: Question) -> Question:
        case = replace(before, **self.values(before))
        known = {part.id: part for part in before.parts}
        taken = set(known)
        parts: list[Question] = []
        elsewhere = {one.id for some in (case, before, *before.parts) for one in some.sources}
        for row in self.parts:
            form = row.form
            form.elsewhere = elsewhere
            own = form.part_id.data or ""
            old = known.pop(own, None)
            if old is None or old.kind != form.kind:
                old = _new_part(case, form.kind, taken)
            taken.add(old.id)
            part = _with_case(form.question(old), old, before, case)
            parts.append(_with_own_ids(part, (case, *parts), elsewhere))
            elsewhere |= {one.id for one in part.sources}
        return replace(case, parts=tuple(parts))

    def own_faults(self) -> list[tuple[str, str]]:
        return [fault for row in self.parts for fault in row.form.own_faults()]

    def place(self, path: Path) -> str:
        if path[:1] == ("questions",) and len(path) > 1 and isinstance(path[1], int):
            rows = self.used.get("parts", [])
            return rows[path[1]].form.place(path[2:]) if path[1] < len(rows) else "parts"
        return super().place(path)


def _new_part(case: Question, kind: str, taken: set[str]) -> Question:
    number = next(n for n in range(1, 100) if f"{case.id}.{n}" not in taken)
    told = {name: getattr(case, name) for name in PART_MAY_SAY}
    two = TRUE_AND_FALSE if kind == "true_false" else ()
    return Question(
        id=f"{case.id}.{number}", kind=kind, pool=case.pool, domain=case.domain, options=two, **told
    )


def _with_case(part: Question, old: Question, before: Question, case: Question) -> Question:
    """Let a part follow its case in what it took over from it, and in what it never says itself."""
    told: dict[str, Any] = {name: getattr(case, name) for name in OF_THE_CASE}
    for name in PART_MAY_SAY:
        if name not in ("shuffle", *AS_THE_CASE) and getattr(old, name) == getattr(before, name):
            told[name] = getattr(case, name)
    if not part.media:
        told["media"] = case.media
    changed = {source.id: source for source in case.sources}
    untouched = set(old.sources)
    told["sources"] = tuple(
        changed.get(source.id, source) if source in untouched else source
        for source in part.sources or case.sources
    )
    return replace(part, **told)


def _with_own_ids(part: Question, before: Sequence[Question], taken: Set[str]) -> Question:
    """Give a source that says something else here than before it an id of its own."""
    known = {source.id: source for one in before for source in one.sources}
    used, sources = set(taken) | set(known), []
    for source in part.sources:
        if known.get(source.id, source) != source:
            source = replace(source, id=fresh_id("s", used))
            used.add(source.id)
        sources.append(source)
    return replace(part, sources=tuple(sources))
