"""Filing a complaint: by anybody, on a phone, without an account, without a cookie."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, rulebook
from app.accounts.attempts import Place
from app.bank.media import Cleaned, MediumRefused, clean_picture
from app.complaints import filing, tickets
from app.complaints.forms import ComplaintForm
from app.complaints.refusals import TooManyComplaints
from app.complaints.tickets import StaleTicket
from app.complaints.views.blueprint import public_blueprint
from app.errors import Refusal
from app.extensions import READING_METHODS, csrf, db, outside_transaction
from app.models.awards import Certificate
from app.permissions import public
from app.register.ledger import reads_english

MOST_BYTES = 32 * 1024 * 1024
"""Three photos of a phone; the rest of the application takes less."""


@public_blueprint.get("/complain")
@public
def form() -> ResponseReturnValue:
    """Ask what happened, and whom it is about."""
    return _page(ComplaintForm(formdata=None))


@public_blueprint.get("/c/<token>/complain")
@public
def about(token: str) -> ResponseReturnValue:
    """Ask what happened with the holder of this certificate."""
    if filing.find_certificate(token, "") is None:
        return redirect(url_for(".form"))
    asked = ComplaintForm(formdata=None)
    asked.token.data = token
    return _page(asked)


@public_blueprint.post("/complain")
@public
def send() -> ResponseReturnValue:
    """Take a complaint and show its number and receipt code."""
    request.max_content_length = MOST_BYTES
    asked, now, network = ComplaintForm(), clock.now(), network_of()
    try:
        filing.refuse_if_throttled(network, now)
    except TooManyComplaints as refusal:
        return _again(asked, refusal, refusal.status)
    if not asked.validate():
        return _page(asked), 400
    try:
        nonce = tickets.nonce(asked.ticket.data or "", now)
        outside_transaction()  # pictures take a while to be drawn anew
        pictures = _pictures(asked)
    except StaleTicket:
        asked.form_errors.append(_("为了挡住机器，请看一眼再按一次“提交投诉”。您写的都还在。"))
        return _page(asked), 400
    except MediumRefused as refusal:
        asked.photos.errors = [refusal.sentence]
        return _page(asked), 400
    certificate = filing.find_certificate(asked.token.data or "", asked.about.data or "")
    case = filing.file(_told(asked), certificate, pictures, nonce=nonce, network=network, now=now)
    db.session.commit()
    return render_template(
        "complaints/received.html",
        case=case,
        number=filing.shown_number(case),
        code=tickets.grouped(tickets.receipt_code(nonce)),
        **around(),
    )


# Nobody is signed in here, and a token would need a cookie.
csrf.exempt(send)


def around() -> dict[str, Any]:
    """Return what every public page of complaints shows.

    The other language is offered only where following it loses nothing that was typed or received.
    """
    today = clock.shanghai_date(clock.now())
    other = {"language_href": "?lang=zh" if reads_english() else "?lang=en"}
    return {
        **(other if request.method in READING_METHODS else {}),
        "complaints": rulebook.value("certificate.complaints", today),
        "answer_days": rulebook.value("complaint.answer_days", today),
    }


def network_of() -> str:
    """Return the network address the request comes from, of IPv6 the /64."""
    return Place(request.remote_addr or "").network


def _told(asked: ComplaintForm) -> filing.Told:
    return filing.Told(
        kind=asked.kind.data,
        text=asked.text.data or "",
        happened_on=asked.happened_on.data,
        about=asked.about.data or "",
        contact=asked.contact.data or "",
        call_back=bool(asked.call_back.data),
    )


def _pictures(asked: ComplaintForm) -> list[Cleaned]:
    files = [one for one in asked.photos.data or () if one and one.filename]
    return [clean_picture(one.read()) for one in files]


def _again(asked: ComplaintForm, refusal: Refusal, status: int) -> ResponseReturnValue:
    asked.form_errors.append(refusal.sentence)
    return _page(asked), status, {"Retry-After": str(refusal.retry_after)}


def _page(asked: ComplaintForm) -> str:
    """Show the form; what was typed stays. A browser gives no file back, so that is said."""
    asked.ticket.data = tickets.kept_or_new(asked.ticket.data, clock.now())
    chosen = any(one and one.filename for one in asked.photos.data or ())
    if chosen and not asked.photos.errors:
        asked.photos.errors = [_("照片没有留住，请重新选一次。")]
    found: Certificate | None = (
        filing.find_certificate(asked.token.data, "") if asked.token.data else None
    )
    asked.token.data = asked.token.data if found else ""
    return render_template(
        "complaints/form.html",
        form=asked,
        printed=found.printed if found else None,
        back=url_for("check.by_address", token=found.token) if found else None,
        **around(),
    )
