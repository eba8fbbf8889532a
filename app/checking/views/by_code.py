"""Scanning in the page: the camera where the browser gives it, else a photo of the code."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, code_photos
from app.checking import codes, domains, limits
from app.checking.forms import CodeForm
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, locale, network
from app.extensions import csrf, db
from app.permissions import public


@blueprint.get("/check/scan")
@public
def scan() -> ResponseReturnValue:
    """Offer the camera, a photo, or typing the address."""
    return _page()


@blueprint.post("/check/code")
@public
def code() -> ResponseReturnValue:
    """Lead on from what the camera read, or what was typed from under a code."""
    form = CodeForm()
    if not form.validate():
        return _page(form=form), 400
    return _lead_on([form.text.data or ""])


@blueprint.post("/check/photo")
@public
def code_photo() -> ResponseReturnValue:
    """Read the code on an uploaded photo; the photo is gone when the answer is sent."""
    try:
        code_photos.refuse_if_too_large()
        _count_photo()
        return _lead_on(code_photos.read())
    except code_photos.NotRead as refusal:
        return _page(said=refusal.sentence), refusal.status


csrf.exempt(code)
csrf.exempt(code_photo)


def _count_photo() -> None:
    now = clock.now()
    limits.refuse_if_throttled(limits.PHOTOS, network(), now)
    limits.count(limits.PHOTOS, network(), now)
    db.session.commit()


def _lead_on(texts: list[str]) -> ResponseReturnValue:
    """Go to the first address of ours; else say what the code leads to."""
    ours = domains.ours()
    read = [codes.read_scanned(text, ours) for text in texts]
    for one in read:
        if one.path:
            language = f"?lang={locale()}" if locale() else ""
            return redirect(one.path + language, 303)
    return _page(foreign=read[0]), 422


def _page(form: CodeForm | None = None, **told: Any) -> Response:
    page = render_template(
        "check/scan.html",
        form=form or CodeForm(formdata=None),
        **{"said": "", "foreign": None, **told},
        **around(),
    )
    return code_photos.allow_decoder(make_response(page))


@blueprint.get("/check/addresses")
@public
def addresses() -> ResponseReturnValue:
    """List the domains that are ours, and say how to come here safely."""
    listed = domains.ours()
    return render_template(
        "check/addresses.html",
        domains=listed,
        report=url_for("check.report", lang=locale()),
        **around(),
    )
