"""The public check page: for whoever stands before a certificate. No account, no cookie."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import blobs, clock, rulebook
from app.accounts.attempts import Place
from app.awards import serials, standing
from app.checking import finding as checking
from app.checking.finding import Answer, Limit
from app.checking.forms import CheckForm
from app.checking.views.blueprint import blueprint
from app.config import Settings
from app.extensions import csrf, db, may_write
from app.models.journal import Blob
from app.permissions import public
from certificates import qr
from certificates.numbers import NumberError

DAYS = ("training_from", "training_until", "issued_on", "valid_from", "valid_until")


@blueprint.get("/c/<path:token>")
@public
def by_address(token: str) -> ResponseReturnValue:
    """Answer a scanned certificate."""
    found = checking.find_by_token(token)
    answer = found and checking.answer(found, clock.now(), by_address=True)
    if not answer:
        return _not_found(checking.BY_ADDRESS)
    photo = url_for("check.photo", token=qr.find_token(token)) if answer.shows_photo else None
    return _found(answer, photo=photo)


@blueprint.get("/c/<token>/photo")
@public
def photo(token: str) -> ResponseReturnValue:
    """Give out the printed photo, under the same conditions as on the page."""
    found = checking.find_by_token(token)
    if found is None or not checking.may_show_photo(
        found, standing.verdict_now(found, clock.now())
    ):
        return _not_found(checking.BY_ADDRESS)
    blob = db.session.get_one(Blob, found.photo_blob_id)
    return Response(blobs.get(blob), mimetype=blob.media_type)


@blueprint.get("/check")
@public
def form() -> ResponseReturnValue:
    """Ask for number and surname, for a certificate whose code cannot be scanned."""
    return render_template("check/form.html", form=CheckForm(formdata=None), **_around())


@blueprint.post("/check")
@public
def by_number() -> ResponseReturnValue:
    """Answer a typed number; posted, so that no name stands in an address or a log."""
    asked, now = CheckForm(), clock.now()
    checking.refuse_if_throttled(checking.BY_NUMBER, _network(), now)
    if not asked.validate():
        return render_template("check/form.html", form=asked, **_around()), 400
    try:
        number = checking.parse_number(asked.number.data or "", clock.shanghai_date(now))
    except NumberError as error:
        asked.number.errors = [error.en if standing.reads_english() else error.zh]
        return _not_found(None, asked)  # not looked up, so nothing was guessed
    found = checking.find_by_number(number, asked.surname.data or "")
    answer = found and checking.answer(found, now, by_address=False)
    if not answer:
        return _not_found(checking.BY_NUMBER, asked)
    return _found(answer, photo=None)


# Nothing is changed by it, and a token would need a cookie.
csrf.exempt(by_number)


def _found(answer: Answer, *, photo: str | None) -> ResponseReturnValue:
    return render_template(
        "check/found.html",
        answer=answer,
        printed=_with_dates(answer.printed),
        photo=photo,
        sentence=standing.sentence(answer.verdict),
        **_around(answer.printed["official_domain"]),
    )


def _with_dates(printed: dict[str, Any]) -> dict[str, Any]:
    """Return the printed fields with their days as dates, to be shown in the reader's language."""
    days = {name: printed[name] and date.fromisoformat(printed[name]) for name in DAYS}
    return {**printed, **days}


def _not_found(limit: Limit | None, asked: CheckForm | None = None) -> ResponseReturnValue:
    """Say 查不到: the same page for all that is not in the register, whatever is wrong with it."""
    if limit is not None:
        now, network = clock.now(), _network()
        checking.refuse_if_throttled(limit, network, now)
        may_write()
        checking.count_miss(limit, network, now)
        db.session.commit()
    page = render_template(
        "check/not_found.html", form=asked or CheckForm(formdata=None), **_around()
    )
    return page, 404


def _around(domain: str = "") -> dict[str, object]:
    """Return what every page of the check shows: the other language, our address, complaints."""
    settings: Settings = current_app.config["PEIZHEN"]
    today = clock.shanghai_date(clock.now())
    rule = serials.number_format(today)
    return {
        # Only the query: whatever nonsense the address is, it is not repeated in the page.
        "language_href": "?lang=zh" if standing.reads_english() else "?lang=en",
        "domain": domain or qr.domain(settings.public_url),
        "complaints": rulebook.value("certificate.complaints", today),
        "prefix": rule.prefix,
        "length": rule.length,
    }


def _network() -> str:
    return Place(request.remote_addr or "").network
