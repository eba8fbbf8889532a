"""Make, change, publish and throw away a layout. What is published never changes again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit, blobs
from app.clock import DOUBLE_CLICK
from app.extensions import db
from app.layouts import reading
from app.layouts.refusals import LayoutRefused
from app.models.layouts import CertificateLayout
from app.models.people import User
from certificates import pictures
from certificates.layouts import CURRENT, arranging, load_layout
from certificates.sentences import CertificateError

_CARD_MM = (85.4, 53.8)
_MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True)
class Pictures:
    """What a form says of the two pictures: new bytes, or that the old one goes."""

    seal: bytes | None = None
    background: bytes | None = None
    without_seal: bool = False
    without_background: bool = False


def make(
    kind: str, name: str, copied: CertificateLayout | None, *, actor: User | None, now: datetime
) -> CertificateLayout:
    """Begin a draft: of the kind as it ships, or like another layout of the kind.

    The same begun again at once is that draft, as long as nobody changed it.
    """
    if copied is not None and copied.kind != kind:
        raise LayoutRefused(_("只能照着同一种版式做。请重新打开页面再选。"))
    version = copied.design if copied else CURRENT[kind]
    row = CertificateLayout(
        kind=kind,
        design=version,
        name=_named(name),
        number=None,
        body=dict(copied.body) if copied else arranging.as_shipped(kind, version).body(),
        seal_blob_id=copied.seal_blob_id if copied else None,
        background_blob_id=copied.background_blob_id if copied else None,
        made_by_id=actor.id if actor else None,
        made_at=now,
    )
    if (begun := _begun_at_once(row)) is not None:
        return begun
    db.session.add(row)
    db.session.flush()
    audit.record("layout.made", row, actor=actor, now=now, kind=kind)
    return row


def _begun_at_once(asked: CertificateLayout) -> CertificateLayout | None:
    db.session.execute(select(User.id).where(User.id == asked.made_by_id).with_for_update())
    recent = select(CertificateLayout).where(
        CertificateLayout.kind == asked.kind,
        CertificateLayout.design == asked.design,
        CertificateLayout.name == asked.name,
        CertificateLayout.number.is_(None),
        CertificateLayout.changes == 0,
        CertificateLayout.made_by_id == asked.made_by_id,
        CertificateLayout.made_at > asked.made_at - DOUBLE_CLICK,
    )
    pictures_asked = (asked.seal_blob_id, asked.background_blob_id)
    for row in db.session.scalars(recent):
        same_pictures = (row.seal_blob_id, row.background_blob_id) == pictures_asked
        if row.body == asked.body and same_pictures:
            return row
    return None


def save(
    row: CertificateLayout,
    name: str,
    body: dict[str, Any],
    given: Pictures,
    seen: int,
    *,
    actor: User | None,
    now: datetime,
) -> None:
    """Change a draft; `seen` is the count of changes the form was filled from.

    Raises LayoutRefused for one published meanwhile, one somebody else changed, words no
    certificate may say, and pictures that cannot be printed.
    """
    _locked_draft(row)
    if row.changes != seen:
        raise LayoutRefused(_("这份草稿刚被别人改过，您的修改没有保存。请看过新的内容再改。"))
    row.name, row.body = _named(name), body
    try:
        _put_pictures(row, given, now)
        arranging.arrange(row.kind, row.design, reading.arrangement(row))
    except CertificateError as error:
        raise LayoutRefused.because(error) from error
    row.changes += 1
    db.session.flush()  # who acts next reads it again under lock
    audit.record("layout.changed", row, actor=actor, now=now, changes=row.changes)


def publish(row: CertificateLayout, seen: int, *, actor: User | None, now: datetime) -> None:
    """Freeze a draft under the next number of its kind; the caller has tried it (`sampling.prove`).

    Raises LayoutRefused for one published meanwhile, or changed since it was tried.
    """
    _locked_draft(row)
    if row.changes != seen:
        raise LayoutRefused(_("这份草稿刚被别人改过，还没有发布。请看过新的样张再发布。"))
    same_kind = select(CertificateLayout.id).where(CertificateLayout.kind == row.kind)
    db.session.scalars(same_kind.with_for_update()).all()
    last = db.session.scalar(
        select(func.max(CertificateLayout.number)).where(CertificateLayout.kind == row.kind)
    )
    row.number = (last or 0) + 1
    row.published_by_id, row.published_at = (actor.id if actor else None), now
    db.session.flush()
    audit.record("layout.published", row, actor=actor, now=now, kind=row.kind, number=row.number)


def discard(row: CertificateLayout, *, actor: User, now: datetime) -> None:
    """Throw a draft away. Raises LayoutRefused for a published one."""
    _locked_draft(row)
    audit.record("layout.discarded", row, actor=actor, now=now, kind=row.kind)
    db.session.delete(row)


def _locked_draft(row: CertificateLayout) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.number is not None:
        raise LayoutRefused(_("这个版式已经发布，不能再改。可以照着它做一个新的。"))


def _named(name: str) -> str:
    if not name.strip():
        raise LayoutRefused(_("请给版式起个名字，例如“2027 年竖版”。"))
    return name.strip()[:60]


def _put_pictures(row: CertificateLayout, given: Pictures, now: datetime) -> None:
    for picture in (given.seal, given.background):
        if picture and len(picture) > _MOST_BYTES:
            raise LayoutRefused(_("图片超过 5 MB。请缩小后再传。"))
    if given.seal:
        ready = pictures.seal_for_print(given.seal)
        row.seal_blob_id = blobs.put(
            ready, media_type="image/png", purpose="layout_picture", now=now
        ).id
    elif given.without_seal:
        row.seal_blob_id = None
    if given.background:
        area = _CARD_MM if row.kind == "card" else load_layout(row.kind).page_mm
        ready = pictures.ground_for_print(given.background, area)
        row.background_blob_id = blobs.put(
            ready, media_type="image/jpeg", purpose="layout_picture", now=now
        ).id
    elif given.without_background:
        row.background_blob_id = None
    db.session.flush()
