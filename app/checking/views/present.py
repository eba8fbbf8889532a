"""Is the person at the desk the holder: the code on their phone, and what it lets the desk see."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.awards import standing
from app.checking import answering, codes, limits, numbers_typed, photos, presence, register
from app.checking.forms import PresentForm
from app.checking.register import Found
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, locale, network, not_found_page
from app.extensions import csrf, db, may_write
from app.permissions import public
from certificates.numbers import NumberError


@blueprint.get("/check/present")
@public
def present() -> ResponseReturnValue:
    """Ask for the digits on the holder's phone."""
    return _form(PresentForm(formdata=None), codes.read_end(request.args.get("token", "")).token)


@blueprint.post("/check/present")
@public
def by_digits() -> ResponseReturnValue:
    """Take digits typed from the holder's phone."""
    form, now = PresentForm(), clock.now()
    token = codes.read_end(request.args.get("token", "")).token
    if not form.validate():
        return _form(form, token), 400
    if token:
        return _open(register.by_token(token, now).found, form.digits.data or "", token)
    try:
        number = numbers_typed.read(form.number.data or "", clock.shanghai_date(now))
    except NumberError as error:
        form.number.errors = [error.en if standing.reads_english() else error.zh]
        return _form(form, None), 422
    return _open(register.by_number(number, now).found, form.digits.data or "", number)


# Nothing is changed by it, and a token would need a cookie.
csrf.exempt(by_digits)


@blueprint.get("/c/<token>/now/<digits>")
@public
def scanned(token: str, digits: str) -> ResponseReturnValue:
    """Take the code of the moment from the holder's phone."""
    end = codes.read_end(token).token
    return _open(register.by_token(end, clock.now()).found, digits, end or "")


@blueprint.get("/c/<token>/present/<window>")
@public
def window(token: str, window: str) -> ResponseReturnValue:
    """Show photo and status for two minutes from the scan; then say that it is over."""
    now = clock.now()
    reading = register.by_token(codes.read_end(token).token, now)
    if reading.found is None:
        return not_found_page(reading.rules, limits.BY_ADDRESS)
    open_now = presence.find_window(reading.found.id, window, now)
    if open_now is None:
        return _over(reading.found)
    shows = open_now.with_photo and reading.found.has_photo
    page = render_template(
        "check/present.html",
        answer=answering.answer(reading.found, answering.said(reading.found, whole=True)),
        photo=url_for("check.window_photo", token=token, window=window) if shows else None,
        seconds=open_now.seconds_left,
        **around(reading.rules, reading.found.printed["official_domain"]),
    )
    answer = make_response(page)
    answer.headers["Refresh"] = str(open_now.seconds_left + 1)  # then it says that it is over
    return answer


@blueprint.get("/c/<token>/present/<window>/photo")
@public
def window_photo(token: str, window: str) -> ResponseReturnValue:
    """Give out the photo as long as the window is open."""
    now = clock.now()
    found = register.by_token(codes.read_end(token).token, now).found
    open_now = presence.find_window(found.id, window, now) if found else None
    if found is None or open_now is None or not (open_now.with_photo and found.has_photo):
        abort(404)
    return Response(photos.small(found.photo_blob_id or ""), mimetype="image/jpeg")


def _open(found: Found | None, digits: str, asked: str) -> ResponseReturnValue:
    """Open the window for a right code. A wrong one, and a wrong certificate, are answered alike."""
    now = clock.now()
    limits.refuse_if_throttled(limits.CARDS, asked, now)
    shown = presence.find(found.id if found else "nobody", digits, now)
    if found is None or shown is None:
        may_write()
        limits.count(limits.CARDS, asked, now)
        limits.count(limits.BY_ADDRESS, network(), now)
        db.session.commit()
        said = _(
            "数字不对，或已经过了时间。它每分钟换一次：请持证人在自己手机上打开“出示证书”，照现在的数字再填。"
        )
        # Only the address that the asker came with: who knows a number must not learn it here.
        return _form(PresentForm(formdata=None), codes.read_end(asked).token, said), 404
    end = presence.open_window(found.id, shown, now)
    return redirect(url_for("check.window", token=found.token, window=end, lang=locale()), 303)


def _over(found: Found) -> ResponseReturnValue:
    said = _("两分钟到了，照片已经收起。要再看，请持证人出示现在的代码。")
    return _form(PresentForm(formdata=None), found.token, said), 410


def _form(form: PresentForm, token: str | None, said: str = "") -> str:
    return render_template("check/present_form.html", form=form, token=token, said=said, **around())
