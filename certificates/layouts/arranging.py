"""What an association makes of a layout: words, order and presence of slots, seal and background.

An arrangement is plain data; applied to a version of a layout it gives a layout that is drawn like
any other. What it may not do is refused here, with a sentence: promise what no association can,
leave out name or number, name a field that does not exist. Whether the words have room is told by
drawing. Deliberately stores nothing and knows no versions of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from certificates import wording
from certificates.layouts import Layout, StaticText, TextSlot, load_all, named_fields
from certificates.sentences import CertificateError

PICTURES = {"photo": ("照片", "photo"), "seal": ("印章", "seal"), "art": ("边框和底纹", "frame")}
# What a wording may name: fields of the holder's document, or, drawn once for all, of the issuer.
SLOT_FIELDS = frozenset(
    (
        *("name", "printed_name_en", "masked_identity", "number", "occupation_zh", "class_name"),
        *("level_zh", "level_en", "result_zh", "result_en", "hours", "period_zh", "period_en"),
        *("issued_zh", "issued_en", "until_zh", "until_en"),
    )
)
STATEMENT_FIELDS = frozenset(
    ("name", "printed_name_en", "masked_identity", "hours", "made_zh", "made_en")
)
STATIC_FIELDS = frozenset({"title_zh", "title_en", "issuer_zh", "issuer_en", "official_domain"})
MOST_LETTERS = 300
_KEPT = 64


class ArrangementError(CertificateError):
    """An arrangement asks for what the layout does not allow."""


@dataclass(frozen=True)
class Arrangement:
    """Slots in the order they are shown, words that differ from the version's, pictures shown.

    `labels` are (slot, Chinese, English); a slot or text that is not named keeps its own words.
    """

    shown: tuple[str, ...]
    pictures: tuple[str, ...]
    words: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str, str], ...] = ()
    seal: bytes | None = field(default=None, repr=False)
    background: bytes | None = field(default=None, repr=False)

    def body(self) -> dict[str, Any]:
        """Return it as JSON, without the bytes of pictures."""
        return {
            "shown": list(self.shown),
            "pictures": list(self.pictures),
            "words": dict(self.words),
            "labels": {slot: [zh, en] for slot, zh, en in self.labels},
        }


def read(
    body: Mapping[str, Any], *, seal: bytes | None = None, background: bytes | None = None
) -> Arrangement:
    """Read an arrangement back from JSON."""
    return Arrangement(
        shown=tuple(body["shown"]),
        pictures=tuple(body["pictures"]),
        words=tuple(sorted(body["words"].items())),
        labels=tuple((slot, zh, en) for slot, (zh, en) in sorted(body["labels"].items())),
        seal=seal,
        background=background,
    )


def as_shipped(name: str, version: str) -> Arrangement:
    """Return the arrangement that changes nothing."""
    whole = load_all(name, version)
    shown = tuple(slot.slot for slot in whole.slots if slot.present)
    return Arrangement(shown, tuple(sorted(whole.pictures)))


@lru_cache(maxsize=_KEPT)
def arrange(name: str, version: str, wish: Arrangement, edition: str = "") -> Layout:
    """Apply an arrangement to a version of a layout.

    Raises ArrangementError or WordingError for what it may not ask. The same arrangement gives the
    same layout again, so that its templates are found again.
    """
    whole = load_all(name, version)
    words, labels = dict(wish.words), {slot: (zh, en) for slot, zh, en in wish.labels}
    _refuse_gaps(whole, wish)
    paragraphs = _worded(whole, whole.paragraphs, wish.shown, words, labels)
    rows = _worded(whole, whole.facts.rows, wish.shown, words, labels)
    if whole.facts.most and len(rows) > whole.facts.most:
        raise ArrangementError(
            f"下方的项目有 {len(rows)} 行，这个版式最多放 {whole.facts.most} 行。请去掉几行。",
            f"There are {len(rows)} rows below and room for {whole.facts.most}. Take some out.",
        )
    return replace(
        whole,
        paragraphs=_alone(paragraphs),
        facts=replace(whole.facts, rows=rows),
        lines=_worded(whole, whole.lines, wish.shown, words, labels),
        texts=tuple(_reworded(text, words) for text in whole.texts),
        pictures=frozenset(wish.pictures) & whole.pictures,
        edition=edition,
        seal=wish.seal,
        background=wish.background,
    )


def refuse_unknown_fields(what: tuple[str, str], text: str, known: frozenset[str]) -> None:
    """Raise ArrangementError for a `{field}` that nothing fills, or a lone brace."""
    for name in named_fields(text):
        if name not in known:
            shown = "、".join(f"{{{one}}}" for one in sorted(known))
            raise ArrangementError(
                f"“{what[0]}”里的 {{{name}}} 不是可以填入的内容。能用的有：{shown}。",
                f"{{{name}}} in “{what[1]}” is not something that can be filled in. "
                f"There are: {shown}.",
            )
    if not text.count("{") == text.count("}") == len(named_fields(text)):
        raise ArrangementError(
            f"“{what[0]}”里的花括号不完整。要填入的内容写成 {{名称}}，不填入就不要用花括号。",
            f"A brace in “{what[1]}” is not closed. Write {{field}} for what is filled in.",
        )


def _refuse_gaps(whole: Layout, wish: Arrangement) -> None:
    known = {slot.slot for slot in whole.slots}
    if strange := [slot for slot in wish.shown if slot not in known]:
        raise ArrangementError(
            f"这个版式没有名为“{strange[0]}”的项目。请重新打开页面再改。",
            f"This layout has no slot “{strange[0]}”. Open the page again.",
        )
    for slot in whole.slots:
        if slot.required and slot.slot not in wish.shown:
            raise ArrangementError(
                f"“{slot.called[0]}”不能去掉：没有它，拿到证书的人核对不了。",
                f"“{slot.called[1]}” cannot be left out: nobody could check without it.",
            )


def fields_of(layout: Layout) -> frozenset[str]:
    """Return what the slots of a layout may name."""
    return STATEMENT_FIELDS if layout.name == "statement" else SLOT_FIELDS


def _worded(
    whole: Layout,
    slots: tuple[TextSlot, ...],
    shown: tuple[str, ...],
    words: Mapping[str, str],
    labels: Mapping[str, tuple[str, str]],
) -> tuple[TextSlot, ...]:
    """Return the shown ones of some slots in their order, with the association's words."""
    place = {slot: number for number, slot in enumerate(shown)}
    chosen = [one for one in slots if one.slot in place or one.fixed]
    found = []
    for one in sorted(chosen, key=lambda one: place.get(one.slot, len(place))):
        if one.fixed:
            found.append(one)
            continue
        text, label = words.get(one.slot, one.text), labels.get(one.slot, one.label)
        for said in (text, *label):
            _refuse_bad(one.called, said)
        if text != one.text:
            refuse_unknown_fields(one.called, text, fields_of(whole))
        if not text.strip():
            raise ArrangementError(
                f"“{one.called[0]}”是空的。请写上内容，或者把它去掉。",
                f"“{one.called[1]}” is empty. Write something, or leave it out.",
            )
        second = one.second if text == one.text else ""
        found.append(replace(one, text=text, label=label, second=second))
    return tuple(found)


def _reworded(text: StaticText, words: Mapping[str, str]) -> StaticText:
    said = text.text if text.fixed else words.get(text.name, text.text)
    if said == text.text:
        return text
    _refuse_bad(text.what, said)
    refuse_unknown_fields(text.what, said, STATIC_FIELDS)
    if text.required and not said.strip():
        raise ArrangementError(f"“{text.what[0]}”不能空着。", f"“{text.what[1]}” cannot be empty.")
    return replace(text, text=said.strip())


def _refuse_bad(what: tuple[str, str], said: str) -> None:
    wording.refuse_false_claims(*what, said)
    if len(said) > MOST_LETTERS:
        raise ArrangementError(
            f"“{what[0]}”有 {len(said)} 个字，最多 {MOST_LETTERS} 个。请写短一些。",
            f"“{what[1]}” has {len(said)} characters, more than {MOST_LETTERS}. Make it shorter.",
        )


def _alone(paragraphs: tuple[TextSlot, ...]) -> tuple[TextSlot, ...]:
    """Let a name stand alone where what followed it on its line is gone or elsewhere."""
    found = list(paragraphs)
    for number, one in enumerate(found):
        following = found[number + 1].slot if number + 1 < len(found) else ""
        if one.beside is not None and following != "details":
            steps = tuple(step for step in one.steps if not step.beside) or one.steps
            found[number] = replace(one, beside=None, steps=steps)
    return tuple(found)
