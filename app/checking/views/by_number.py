"""Number and surname, for a certificate whose code cannot be scanned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.awards import standing
from app.checking import limits, names, numbers_typed, register
from app.checking.forms import CheckForm
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, found_page, network, not_found_page
from app.extensions import csrf, db
from app.permissions import public
from certificates.numbers import NumberError


@blueprint.get("/check")
@public
def form() -> ResponseReturnValue:
    """Ask for number and surname, and offer the other ways."""
    return render_template("check/form.html", form=CheckForm(formdata=None), **around())


@blueprint.post("/check")
@public
def by_number() -> ResponseReturnValue:
    """Answer a typed number; posted, so that no name stands in an address or a log."""
    asked, now = CheckForm(), clock.now()
    limits.refuse_if_throttled(limits.BY_NUMBER, network(), now)
    if not asked.validate():
        return render_template("check/form.html", form=asked, **around()), 400
    try:
        number = numbers_typed.read(asked.number.data or "", clock.shanghai_date(now))
    except NumberError as error:
        asked.number.errors = [error.en if standing.reads_english() else error.zh]
        return not_found_page(register.rules_now(now), None, asked)  # nothing was guessed
    whole_name = limits.wants_whole_name(network(), number, now)
    reading = register.by_number(number, now)
    # Where there is no such certificate, the name is compared with nobody's: as much work.
    printed: Mapping[str, Any] = reading.found.printed if reading.found else names.NOBODY
    belongs = names.is_whole_name if whole_name else names.is_surname
    if belongs(printed, asked.surname.data or "") and reading.found:
        return found_page(reading.found, reading.rules, whole=False)
    limits.count(limits.OF_NUMBER, number, now)
    slip = (
        _("这个编号，或您这里的网络，查错的次数多了：现在请填持证人的全名，不能只填姓。")
        if whole_name
        else ""
    )
    db.session.flush()
    return not_found_page(reading.rules, limits.BY_NUMBER, asked, slip)


# Nothing is changed by it, and a token would need a cookie.
csrf.exempt(by_number)
