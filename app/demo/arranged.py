"""Layouts of the demonstration's association: one published, one still a draft. Draws nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.demo.accounts import person
from app.extensions import db
from app.layouts import drafting
from app.layouts.drafting import Pictures
from app.models.layouts import CertificateLayout


def arrange_layouts(now: datetime) -> None:
    """Publish a portrait layout that names the hours, and begin a card, unless there are some."""
    if db.session.scalar(select(CertificateLayout.id).limit(1)) is not None:
        return
    registrar, before = person("registrar"), now - timedelta(days=20)
    row = drafting.make("portrait", "2026 年竖版，列出课时", None, actor=registrar, now=before)
    shown = [*row.body["shown"], "hours", "period"]
    note = {"note": "本证书由{issuer_zh}保存底册，遗失可以申请补发。"}
    drafting.save(
        row,
        row.name,
        {**row.body, "shown": shown, "words": note},
        Pictures(),
        row.changes,
        actor=registrar,
        now=before,
    )
    drafting.publish(row, row.changes, actor=person("certifier"), now=before)
    drafting.make("card", "随身卡，换一种说法", None, actor=registrar, now=before)
