"""Number and surname, for a certificate whose code cannot be scanned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.awards import standing
from app.checking import limits, names, numbers_typed, register
from app.checking.forms import CheckForm
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import (
    around,
    earlier_page,
    found_page,
    network,
    not_found_page,
)
from app.earlier import finding
from app.extensions import csrf
from app.models.hospitals import EarlierCertificate
from app.permissions import public
from certificates.numbers import NumberError
from certificates.verdict import NOT_FOUND


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
    # No database of ours takes a zero byte in a text, and no number has one.
    typed, name = (asked.number.data or "").replace("\0", ""), asked.surname.data or ""
    number, mistyped = _as_stored(typed, now)
    whole_name = limits.wants_whole_name(network(), number, now)
    belongs = names.is_whole_name if whole_name else names.is_surname
    reading = register.by_number(number, now)
    # Where there is no such certificate, the name is compared with nobody's: as much work.
    printed: Mapping[str, Any] = reading.found.printed if reading.found else names.NOBODY
    if belongs(printed, name) and reading.found:
        return found_page(reading.found, reading.rules, whole=False)
    # Looked for whether there was one of ours or not, so that both misses take the same time.
    earlier = finding.by_number(typed, now)
    if earlier is None:
        finding.histories([EarlierCertificate(id="")])  # as is read of one that is there
    printed = earlier.printed if earlier else names.NOBODY
    if belongs(printed, name) and earlier and earlier.verdict.code is not NOT_FOUND.code:
        return earlier_page(earlier, reading.rules)
    if mistyped:
        asked.number.errors = [mistyped]
    limits.count(limits.OF_NUMBER, number, now)
    return not_found_page(reading.rules, limits.BY_NUMBER, asked, _more(whole_name))


def _as_stored(typed: str, now: datetime) -> tuple[str, str]:
    """Return a typed number as it is stored, and a sentence when it is no number of ours.

    The sentence is arithmetic: it says nothing of the register.
    """
    try:
        return numbers_typed.read(typed, clock.shanghai_date(now)), ""
    except NumberError as error:
        sentence = error.en if standing.reads_english() else error.zh
        return finding.stored_form(typed), sentence


def _more(whole_name: bool) -> str:
    if not whole_name:
        return ""
    return str(_("这个编号，或您这里的网络，查错的次数多了：现在请填持证人的全名，不能只填姓。"))


# Nothing is changed by it, and a token would need a cookie.
csrf.exempt(by_number)
