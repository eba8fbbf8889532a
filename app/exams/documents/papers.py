"""Drawn papers as PDF with their answer sheets: a room's, or one candidate's.

The same questions, options and orders that the screen would show, from the same allow-list; letters
stand for the places of the options, as the answer sheet and the typing of it name them. A sound is
printed as the words that are said, for somebody to read aloud. Nothing here knows a key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import blobs
from app.bank.media import PURPOSE
from app.blobs import BlobDamagedError
from app.exams import seating
from app.exams.documents import PRESS, contents
from app.exams.typed_answers import LETTERS
from app.extensions import db, outside_transaction
from app.formatting import show_mark
from app.models.exams import Booking, Paper, Sitting
from app.models.journal import Blob
from app.press import NotPrinted

WHOLE, ROOM, ONE = "papers", "papers-", "paper-"
"""Documents: of the whole sitting, `papers-<room>`, `paper-<booking>`."""


def is_paper(document: str) -> bool:
    """Tell whether a document holds questions."""
    return document == WHOLE or document.startswith((ROOM, ONE))


def documents_of(sitting: Sitting) -> dict[str, str]:
    """Return what can be printed for rooms: name of the document -> of the room."""
    rooms = seating.rooms_of(sitting)
    return {f"{ROOM}{room.id}": room.name for room in rooms} or {WHOLE: sitting.place}


def bookings_for(sitting: Sitting, document: str) -> list[Booking]:
    """Return the bookings with a drawn paper that a document is about, by seat; none for no document."""
    if document.startswith(ONE):
        condition = Booking.id == document.removeprefix(ONE)
    elif document == WHOLE:
        condition = Booking.sitting_id == sitting.id
    else:
        spans = seating.spans(seating.rooms_of(sitting))
        seats = spans.get(document.removeprefix(ROOM), range(0))
        condition = Booking.seat.between(seats.start, seats.stop - 1)
    return list(
        db.session.scalars(
            select(Booking)
            .join(Paper, Paper.booking_id == Booking.id)
            .where(Booking.sitting_id == sitting.id, condition)
            .options(joinedload(Booking.paper), selectinload(Booking.room))
            .order_by(Booking.seat)
        )
    )


def paper_file(sitting: Sitting, document: str, now: datetime) -> bytes:
    """Return papers with answer sheets as PDF. Raises NotPrinted."""
    found = bookings_for(sitting, document)
    if not found:
        raise NotPrinted(_("还没有抽好的试卷，没有可打印的。"))
    papers = [booking.paper for booking in found if booking.paper]
    assets = _pictures({one for paper in papers for one in paper.media})
    facts = {
        "head": contents.head_of(sitting, now),
        "rules": [
            line.replace("{grace}", str(sitting.revision.body["grace_seconds"]))
            for line in sitting.revision.body["rules_text"]["zh"]
        ],
        "papers": [_one(booking, assets) for booking in found],
        "letters": LETTERS,
    }
    outside_transaction()
    return PRESS.draw("papers", facts, assets)


def _one(booking: Booking, assets: Mapping[str, Any]) -> dict[str, Any]:
    paper = booking.paper
    groups = [_group(one, paper.media, assets) for one in paper.shown] if paper else []
    return {
        "person": contents.candidate(booking, {}),
        "large": booking.large_type,
        "groups": groups,
        "items": [item for group in groups for item in group["items"]],
        "starts": {part["first"]: part for part in paper.sections} if paper else {},
    }


def _group(
    group: Mapping[str, Any], media: Sequence[str], assets: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one question, a case with its parts, with its media by the names of the assets."""
    told = {"scene": group["scene"]} if "scene" in group else {}
    items = [_item(item, media, assets) for item in group["items"]]
    return {"scene": "", **told, "media": _media(group, media, assets), "items": items}


def _item(
    item: Mapping[str, Any], media: Sequence[str], assets: Mapping[str, Any]
) -> dict[str, Any]:
    def texts(name: str) -> list[dict[str, Any]]:
        return [
            {"text": one["text"], "media": _media(one, media, assets)} for one in item.get(name, ())
        ]

    between = {
        name: [
            {"stem": one["stem"], "media": _media(one, media, assets)} for one in item.get(name, ())
        ]
        for name in ("before", "after")
    }
    return {
        "number": item["number"],
        "kind": item["kind"],
        "stem": _stem(item),
        "marks": show_mark(item["marks"]),
        "media": _media(item, media, assets),
        "options": texts("options") if item["kind"] != "true_false" else [],
        "items": texts("items"),
        "left": texts("left"),
        "right": texts("right"),
        "blanks": len(item.get("blanks", ())),
        "unit": item.get("unit", "") if not item.get("unit_required") else "",
        **between,
    }


def _stem(item: Mapping[str, Any]) -> str:
    stem: str = item["stem"]
    for place, blank in enumerate(item.get("blanks", ()), start=1):
        stem = stem.replace(f"{{{{{blank['id']}}}}}", f"（{place}）＿＿＿＿")
    return stem


def _media(
    of: Mapping[str, Any], media: Sequence[str], assets: Mapping[str, Any]
) -> list[dict[str, Any]]:
    found = []
    for one in of.get("media", ()):
        name = "" if one["kind"] == "table" else _asset(media[one["number"] - 1])
        rows = one.get("rows", [])
        found.append(
            {
                "kind": one["kind"],
                "alt": one["alt"],
                "rows": rows,
                "name": name if name in assets else "",
            }
        )
    return found


def _asset(sha256: str) -> str:
    return f"medium-{sha256}"


def _pictures(hashes: Collection[str]) -> dict[str, tuple[str, bytes]]:
    """Return the pictures of some papers; one that cannot be read is told of in words."""
    rows = db.session.scalars(
        select(Blob).where(
            Blob.sha256.in_(hashes), Blob.purpose == PURPOSE, Blob.media_type.startswith("image/")
        )
    )
    found = {}
    for blob in rows:
        try:
            found[_asset(blob.sha256)] = (blob.media_type, blobs.get(blob))
        except BlobDamagedError:
            continue
    return found
