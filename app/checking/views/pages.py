"""The pages that several routes of the check answer with, and what stands on every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts.attempts import Place
from app.awards import standing
from app.checking import answering, composed, domains, limits, register
from app.checking.forms import CheckForm
from app.checking.limits import Limit
from app.checking.numbers_typed import number_format
from app.checking.register import COMPLAINTS, FORMAT, Found
from app.earlier.finding import Earlier
from app.extensions import db, may_write
from app.formatting import mask_name, show_date, show_time

COMPLAIN, COMPLAIN_ABOUT = "complain.form", "complain.about"


def found_page(
    found: Found, rules: dict[str, Any], *, whole: bool, extra: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Show a certificate; `whole` for who has the printed address. `extra` is said on top."""
    now, language = clock.now(), locale()
    values = answering.said(found, whole=whole) | {
        "checked_day": show_date(now),
        "checked_time": show_time(now),
        "token": found.token,
    }
    photo = whole and found.shows_photo
    told = rules[COMPLAINTS]
    key = (
        (language, found.verdict.code, whole, photo),
        (told["zh"], told["en"], *answering.lines(found), *(extra or {}).items()),
    )

    def render(said: Mapping[str, str]) -> str:
        token = said["token"]
        return render_template(
            "check/found.html",
            answer=answering.answer(found, said),
            photo=url_for("check.photo", token=token) if photo else None,
            record=url_for("check.record", token=token, lang=language) if whole else None,
            present=url_for("check.present", token=token, lang=language) if whole else None,
            complain=_complain(token if whole else None),
            extra=extra,
            **around(rules, said["domain"]),
        )

    return composed.page(key, values, render)


def earlier_page(earlier: Earlier, rules: dict[str, Any]) -> ResponseReturnValue:
    """Show a certificate issued before this system, with its name masked and marked as such."""
    return render_template(
        "check/earlier.html",
        earlier=earlier,
        word=standing.word(earlier.verdict.code),
        name=mask_name(earlier.row.name),
        **around(rules),
    )


def not_found_page(
    rules: dict[str, Any], limit: Limit | None, asked: CheckForm | None = None, slip: str = ""
) -> ResponseReturnValue:
    """Say 查不到: the same page for all that is not in the register, whatever is wrong with it."""
    if limit is not None:
        now = clock.now()
        limits.refuse_if_throttled(limit, network(), now)
        may_write()
        limits.count(limit, network(), now)
        db.session.commit()
    page = render_template(
        "check/not_found.html",
        form=asked or CheckForm(formdata=None),
        slip=slip,
        **around(rules),
    )
    return page, 404


def around(rules: dict[str, Any] | None = None, domain: str = "") -> dict[str, object]:
    """Return what every page of the check shows: the other language, our address, complaints."""
    told = register.rules_now(clock.now()) if rules is None else rules
    rule = number_format(told[FORMAT])
    return {
        # Only the query: whatever nonsense the address is, it is not repeated in the page.
        "language_href": "?lang=zh" if standing.reads_english() else "?lang=en",
        "domain": domain or domains.current(),
        "complaints": told[COMPLAINTS],
        "complain_href": _complain(None),
        "prefix": rule.prefix,
        "length": rule.length,
    }


def locale() -> str | None:
    """Return the language to carry on to the next page; None for Chinese, which needs no word."""
    return "en" if standing.reads_english() else None


def network() -> str:
    """Return where the request comes from, as misses are counted."""
    return Place(request.remote_addr or "").network


def _complain(token: str | None) -> str | None:
    """Return the address of the page on which complaints are filed, where this site has one.

    That feature stands beside this one; here only the names of its pages are known.
    """
    if COMPLAIN not in current_app.view_functions:
        return None
    if token is None:
        return url_for(COMPLAIN, lang=locale())
    return url_for(COMPLAIN_ABOUT, token=token, lang=locale())
