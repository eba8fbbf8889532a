"""Filing a complaint, looking it up with its receipt code, and adding to it.

Who complains stays unknown unless they say how to reach them, and that is kept encrypted. Who asks
is not recorded. Whether a certificate exists is not told here.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app import audit, blobs, rulebook, secrecy, throttle
from app.bank.media import Cleaned
from app.clock import DOUBLE_CLICK, shanghai_date
from app.complaints import tickets
from app.complaints.refusals import ComplaintRefused, TooManyComplaints
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import (
    Complaint,
    ComplaintEvent,
    ComplaintPhoto,
    ComplaintSerial,
)
from app.models.people import User
from app.register.places import scope_of
from certificates import qr

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
WRONG_CODES = 20
TEXT_MOST = 2000
PURPOSE = "complaint"


@dataclass(frozen=True)
class Told:
    """What a complainant wrote."""

    kind: str
    text: str
    happened_on: date | None = None
    about: str = ""
    contact: str = ""
    call_back: bool = False


def find_certificate(token: str, about: str) -> Certificate | None:
    """Return the certificate a complaint is about: by its address, else by a number as typed."""
    if token:
        found = Certificate.token == (qr.find_token(token) or "")
    else:
        typed = "".join(sign for sign in about.upper() if sign.isascii() and sign.isalnum())
        found = Certificate.number == typed
    return db.session.scalar(select(Certificate).where(found))


def refuse_if_throttled(network: str, now: datetime) -> None:
    """Raise TooManyComplaints when one network address has used up its hour."""
    most = rulebook.value("complaint.hourly_most", shanghai_date(now))
    if throttle.tries("complaint.file", network, HOUR, now) >= most:
        raise TooManyComplaints(throttle.seconds_left(HOUR, now))


def file(
    told: Told,
    certificate: Certificate | None,
    pictures: list[Cleaned],
    *,
    nonce: str,
    network: str,
    now: datetime,
) -> Complaint:
    """Open a case with its number and deadlines; the same form again gives the same case."""
    key = secrecy.token_hash(nonce)
    if existing := db.session.scalar(select(Complaint).where(Complaint.form_key == key)):
        return existing
    today = shanghai_date(now)
    case = Complaint(
        number=_next_number(today.year),
        form_key=key,
        certificate_id=certificate.id if certificate else None,
        about="" if certificate else told.about.strip()[:80],
        district_code=scope_of(certificate).district if certificate else None,
        kind=told.kind,
        happened_on=told.happened_on,
        text=told.text.strip()[:TEXT_MOST],
        call_back=told.call_back,
        filed_at=now,
        accept_by=today + timedelta(days=rulebook.value("complaint.accept_days", today)),
        answer_by=today + timedelta(days=rulebook.value("complaint.answer_days", today)),
    )
    case.receipt_hash = _hash_of(case.number, tickets.receipt_code(nonce))
    if told.contact.strip():
        case.contact_sealed = _sealed(case, told.contact.strip())
    db.session.add(case)
    db.session.flush()
    for place, picture in enumerate(pictures, start=1):
        blob = blobs.put(picture.data, media_type=picture.media_type, purpose=PURPOSE, now=now)
        db.session.flush()
        db.session.add(ComplaintPhoto(complaint_id=case.id, place=place, blob_id=blob.id))
    write(case, "filed", "", actor=None, now=now)
    throttle.count_try("complaint.file", network, HOUR, now)
    audit.record("complaint.filed", case, actor=None, now=now, kind=told.kind)
    return case


def look_up(number: str, code: str, *, network: str, now: datetime) -> Complaint | None:
    """Return the case with this number, if the code is its own. A miss is counted; the caller commits.

    Raises TooManyComplaints after too many misses from one place.
    """
    if throttle.tries("complaint.code", network, QUARTER, now) >= WRONG_CODES:
        raise TooManyComplaints(throttle.seconds_left(QUARTER, now))
    typed = "".join(sign for sign in number.upper() if sign.isalnum())
    case = db.session.scalar(select(Complaint).where(Complaint.number == typed))
    given = _hash_of(typed, tickets.plain(code))
    if case is not None and hmac.compare_digest(case.receipt_hash, given):
        return case
    throttle.count_try("complaint.code", network, QUARTER, now)
    return None


def add(case: Complaint, text: str, *, now: datetime) -> None:
    """Keep what the complainant adds. Raises ComplaintRefused without words or for a closed case."""
    if case.state == "closed":
        raise ComplaintRefused(_("这件投诉已经办结，不能再补充。有新情况，请再交一件。"))
    if not text.strip():
        raise ComplaintRefused(_("请写下要补充的，再提交。"))
    last = case.events[-1]
    if (last.kind, last.text) != ("added", text.strip()[:TEXT_MOST]):  # a double click
        write(case, "added", text.strip()[:TEXT_MOST], actor=None, now=now)


def write(
    case: Complaint,
    kind: str,
    text: str,
    *,
    actor: User | None,
    now: datetime,
    change_id: str | None = None,
    hearing_id: str | None = None,
) -> ComplaintEvent:
    """Add one step to a case's timeline, with its line in the trail.

    The step that was just taken, taken again by the same person at once, is that step.
    """
    db.session.execute(select(Complaint.id).where(Complaint.id == case.id).with_for_update())
    last = db.session.scalar(
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id == case.id)
        .order_by(ComplaintEvent.number.desc())
        .limit(1)
    )
    said = (kind, text, actor.id if actor else None, change_id, hearing_id)
    if (
        last is not None
        and now - last.at < DOUBLE_CLICK
        and said == (last.kind, last.text, last.by_id, last.change_id, last.hearing_id)
    ):
        return last
    event = ComplaintEvent(
        complaint_id=case.id,
        number=last.number + 1 if last else 1,
        kind=kind,
        text=text,
        by_id=actor.id if actor else None,
        at=now,
        change_id=change_id,
        hearing_id=hearing_id,
    )
    db.session.add(event)
    if actor is not None or kind == "added":
        audit.record(f"complaint.{kind}", case, actor=actor, now=now)
    return event


def contact_of(case: Complaint) -> str:
    """Return how to reach the complainant; empty where they did not say or it was deleted."""
    if not case.contact_sealed:
        return ""
    table = Complaint.__tablename__
    return secrecy.unseal(case.contact_sealed, table=table, column="contact_sealed", row=case.id)


def shown_number(case: Complaint) -> str:
    """Return a case's number as people read it."""
    return f"{case.number[:2]} {case.number[2:6]} {case.number[6:]}"


def _sealed(case: Complaint, contact: str) -> str:
    table = Complaint.__tablename__
    return secrecy.seal(contact[:80], table=table, column="contact_sealed", row=case.id)


def _hash_of(number: str, code: str) -> str:
    return secrecy.match_hash(f"complaint:{number}:{code}")


def _next_number(year: int) -> str:
    """Take the next number of a year; the counter's row is locked until commit."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(ComplaintSerial).values(year=year, last=1)
    counted = statement.on_conflict_do_update(
        index_elements=["year"], set_={"last": ComplaintSerial.last + 1}
    ).returning(ComplaintSerial.last)
    return f"TS{year}{db.session.scalars(counted).one():05d}"
