"""The rows of pictures, sounds and tables of a question.

Bytes never pass here: an upload is cleaned and kept first (`app/bank/media.py`), then its hash
stands in the row. Whether somebody may use a kept picture is asked there too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form as PlainForm
from wtforms import HiddenField, SelectField
from wtforms.validators import Length, Regexp

from app.bank.forms.pieces import choices, clean, line_field, lines, text_field
from question_bank import Medium, Question
from question_bank.media import LONGEST_ALT
from question_bank.pieces import MEDIA_KINDS

SEVERAL = "|"  # between the names where one option carries several media


class MediumRow(PlainForm):
    """One picture, sound or table; `file` is sent beside it and never read from here."""

    places: ClassVar[dict[str, str]] = {"sha256": "file_place"}
    first: ClassVar[str] = "alt"
    name = HiddenField(validators=[Length(max=200)])
    medium_kind = HiddenField(default="picture")
    sha256 = HiddenField(validators=[Regexp("^([0-9a-f]{64})?$", message=_("请重新上传。"))])
    media_type = HiddenField(validators=[Length(max=60)])
    alt = line_field(_("替代文字（写给看不见、听不到的人）"), LONGEST_ALT)
    rows = text_field(_("表格（一行一行写，格子之间用 | 隔开，第一行是表头）"), 8000)


def media_rows(question: Question) -> list[dict[str, str]]:
    """Return the rows that show a question's media."""
    return [
        {
            "name": one.name,
            "medium_kind": one.kind,
            "sha256": one.sha256,
            "media_type": one.media_type,
            "alt": one.alt,
            "rows": "\n".join(" | ".join(cells) for cells in one.rows),
        }
        for one in question.media
    ]


def media_of(rows: Iterable[Any], before: Question) -> tuple[tuple[Medium, ...], list[Any]]:
    """Return the media that rows describe, and those rows; an empty row is nothing."""
    known = {one.name: one for one in before.media}
    shown = {row["name"]: row["rows"] for row in media_rows(before)}
    found, used = [], []
    for row in rows:
        form = row.form
        alt, sha256, table = clean(form.alt.data), form.sha256.data or "", clean(form.rows.data)
        if not alt and not sha256 and not table:
            continue
        name = form.name.data or ""
        kind = form.medium_kind.data if form.medium_kind.data in MEDIA_KINDS else "picture"
        old = known.get(name, Medium(name, kind))
        cells = old.rows if table and table == shown.get(name) else _cells(table)
        told: dict[str, Any] = {
            "kind": kind,
            "alt": alt,
            "sha256": sha256,
            "rows": cells if kind == "table" else (),
        }
        found.append(replace(old, **told, media_type=form.media_type.data or ""))
        used.append(row)
    return tuple(found), used


def _cells(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a table as it was typed: rows by line, cells by | or a tab."""
    return tuple(
        tuple(cell.strip() for cell in line.replace("\t", "|").strip("|").split("|"))
        for line in lines(text)
    )


class CarriedField(SelectField):
    """By which an option says which of the question's media it carries."""

    def __init__(self, label: Any = None, **given: Any) -> None:
        super().__init__(label or _("图片"), validate_choice=False, default="", **given)

    def offer(self, names: Iterable[str]) -> None:
        """Offer the question's media; what the option carries already is always offered."""
        offered = dict.fromkeys(["", *names, self.data or ""])
        named = {one: one.replace(SEVERAL, "、") or gettext("没有") for one in offered}
        self.choices = choices(named)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the media that the option carries."""
        return tuple(name for name in (self.data or "").split(SEVERAL) if name)
