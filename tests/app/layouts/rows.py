"""Rows of layouts for tests."""

from __future__ import annotations

from typing import Any

from app import clock
from app.extensions import db
from app.layouts import drafting, editing
from app.layouts.drafting import Pictures
from app.models.layouts import CertificateLayout
from certificates.layouts import load_all


def filled(row: CertificateLayout, **changes: Any) -> dict[str, Any]:
    """Return the form of a draft as a browser would send it, with some fields changed."""
    wish = editing.sheet(row.kind, row.design, _arrangement(row))
    form: dict[str, Any] = {"name": row.name, "changes": str(row.changes)}
    for one in (*wish.paragraphs, *wish.rows):
        slot = one.slot.slot
        form[f"words-{slot}"] = one.words
        form[f"place-{slot}"] = str(one.place)
        if one.shown and not one.slot.required:
            form[f"shown-{slot}"] = "yes"
        if one.slot.label[0]:
            form[f"label_zh-{slot}"], form[f"label_en-{slot}"] = one.label
    for text in wish.texts:
        form[f"words-{text.text.name}"] = text.words
    for name, _called, shown in wish.pictures:
        if shown:
            form[f"picture-{name}"] = "yes"
    form.update(changes)
    return {name: value for name, value in form.items() if value is not None}


def _arrangement(row: CertificateLayout) -> Any:
    return drafting.reading.arrangement(row)


def draft(kind: str = "portrait", name: str = "竖版试作") -> CertificateLayout:
    """Begin a draft."""
    row = drafting.make(kind, name, None, actor=None, now=clock.now())
    db.session.commit()
    return row


def published(kind: str = "portrait", name: str = "竖版", **words: str) -> CertificateLayout:
    """Publish a layout with some words of its own, without trying it first."""
    row = draft(kind, name)
    if words:
        body = {**row.body, "words": words}
        drafting.save(row, name, body, Pictures(), row.changes, actor=None, now=clock.now())
    drafting.publish(row, row.changes, actor=None, now=clock.now())
    db.session.commit()
    return row


def slots_of(kind: str, version: str) -> list[str]:
    """Return the names of a version's slots."""
    return [slot.slot for slot in load_all(kind, version).slots]
