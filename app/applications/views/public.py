"""The public notice and objections to it: for anybody, without an account or a cookie."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, rulebook, throttle
from app.accounts.attempts import Place
from app.applications import noticing, objecting
from app.applications.forms import CodeForm, ObjectionForm
from app.applications.refusals import NoticeRefused, TooManyObjections
from app.applications.views.blueprint import public_blueprint
from app.config import Settings
from app.extensions import csrf, db, may_write
from app.formatting import in_english
from app.models.applications import NoticeEntry, PublicNotice
from app.permissions import public

MISSES = 30
"""Wrong receipt codes from one network address in an hour; a code has fifty random bits."""


@public_blueprint.get("/public-notices")
@public
def notices() -> ResponseReturnValue:
    """List the notices that run or ended lately."""
    today = clock.shanghai_date(clock.now())
    rows = noticing.public(today)
    return render_template("public_notices/notices.html", rows=rows, today=today, **_around())


@public_blueprint.get("/public-notices/<notice_id>")
@public
def notice(notice_id: str) -> ResponseReturnValue:
    """Show one list: names with one character hidden."""
    today = clock.shanghai_date(clock.now())
    row = _notice(notice_id)
    return render_template("public_notices/notice.html", row=row, today=today, **_around())


@public_blueprint.get("/public-notices/<notice_id>/<entry_id>")
@public
def objection_form(notice_id: str, entry_id: str) -> ResponseReturnValue:
    """Ask what somebody has against a person on the list."""
    return _form(_entry(notice_id, entry_id), ObjectionForm(formdata=None))


@public_blueprint.post("/public-notices/<notice_id>/<entry_id>")
@public
def object_to(notice_id: str, entry_id: str) -> ResponseReturnValue:
    """Take an objection in and show its receipt."""
    entry, asked, now = _entry(notice_id, entry_id), ObjectionForm(), clock.now()
    if not asked.validate():
        return _form(entry, asked), 400
    if asked.website.data:  # a machine: it is thanked like everybody and nothing is kept
        return render_template("public_notices/received.html", code="", entry=entry, **_around())
    try:
        row = objecting.file(
            entry,
            asked.text.data or "",
            asked.contact.data or "",
            network=Place(request.remote_addr or "").network,
            now=now,
        )
    except (NoticeRefused, TooManyObjections) as refusal:
        db.session.rollback()
        asked.text.errors = [refusal.sentence]
        return _form(entry, asked), refusal.status
    db.session.commit()
    return render_template("public_notices/received.html", code=row.code, entry=entry, **_around())


@public_blueprint.get("/public-notices/answers")
@public
def answer_form() -> ResponseReturnValue:
    """Ask for a receipt."""
    form = CodeForm(formdata=None)
    return render_template("public_notices/answer.html", form=form, row=None, **_around())


@public_blueprint.post("/public-notices/answers")
@public
def answer() -> ResponseReturnValue:
    """Show what became of an objection; posted, so that the receipt stands in no address."""
    asked, now = CodeForm(), clock.now()
    network = Place(request.remote_addr or "").network
    tried = throttle.tries("objection.code", network, objecting.PERIOD, now)
    row = objecting.find(asked.code.data or "") if asked.validate() and tried < MISSES else None
    if row is None:
        may_write()
        throttle.count_try("objection.code", network, objecting.PERIOD, now)
        db.session.commit()
    page = render_template(
        "public_notices/answer.html", form=asked, row=row, missed=row is None, **_around()
    )
    return page, 200 if row else 404


# Nobody is signed in here, and a token would need a cookie.
csrf.exempt(object_to)
csrf.exempt(answer)


def _form(entry: NoticeEntry, asked: ObjectionForm) -> str:
    today = clock.shanghai_date(clock.now())
    over = not entry.notice.from_day <= today <= entry.notice.until_day
    return render_template(
        "public_notices/object.html", entry=entry, form=asked, over=over, **_around()
    )


def _notice(notice_id: str) -> PublicNotice:
    row = noticing.find_public(notice_id, clock.shanghai_date(clock.now()))
    if row is None:
        abort(404)
    return row


def _entry(notice_id: str, entry_id: str) -> NoticeEntry:
    entry = noticing.entry_of(_notice(notice_id), entry_id)
    if entry is None:
        abort(404)
    return entry


def _around() -> dict[str, Any]:
    settings: Settings = current_app.config["PEIZHEN"]
    today = clock.shanghai_date(clock.now())
    return {
        "language_href": "?lang=zh" if in_english() else "?lang=en",
        "issuer": rulebook.value("certificate.issuer", today),
        "complaints": rulebook.value("certificate.complaints", today),
        "site": settings.public_url,
    }
