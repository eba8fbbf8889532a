"""The public directory: institutions page by page, one institution, who of theirs agreed to be found.

No cookie, no account. Pages are counted by network, so that nobody copies the whole directory; the
limit is far beyond what a family reads.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock, throttle
from app.accounts.attempts import Place
from app.directory import counting, own_page
from app.directory.forms import INSURANCE, KINDS, UNITS
from app.directory.refusing import TooManyPages
from app.directory.views.blueprints import public_blueprint
from app.extensions import db, may_write
from app.formatting import mask_name
from app.models.directory import InstitutionPage
from app.models.people import District, Organisation
from app.permissions import public
from app.register import ledger
from app.renewal import wording

A_PAGE = 20
MOST_PAGES = 120
QUARTER = timedelta(minutes=15)
STALE = timedelta(days=180)
QUERY_MOST = 40


@public_blueprint.get("/directory")
@public
def institutions() -> ResponseReturnValue:
    """List institutions by name and district."""
    now = _counted()
    today = clock.shanghai_date(now)
    query = request.args.get("q", "").strip()[:QUERY_MOST]
    district = request.args.get("district", "")
    pages = _pages(query, district)
    return render_template(
        "directory/institutions.html",
        pages=pages,
        counts=counting.practitioners([one.organisation_id for one in pages.items], today),
        threshold=counting.threshold(today),
        districts=db.session.scalars(select(District).order_by(District.code)).all(),
        query=query,
        district=district,
        today=today,
        kinds=KINDS,
        **_around(q=query or None, district=district or None),
    )


@public_blueprint.get("/directory/<page_id>")
@public
def institution(page_id: str) -> ResponseReturnValue:
    """Show one institution with its insurance, prices, and who may be found there."""
    now = _counted()
    today = clock.shanghai_date(now)
    row = db.session.scalar(
        select(InstitutionPage)
        .where(InstitutionPage.id == page_id, InstitutionPage.published.is_(True))
        .options(selectinload(InstitutionPage.prices))
    )
    if row is None:
        abort(404)
    page = max(1, min(request.args.get("page", 1, type=int), 500))
    listed, more = counting.listed(row.organisation_id, today, page, A_PAGE)
    return render_template(
        "directory/institution.html",
        row=row,
        count=counting.practitioners([row.organisation_id], today)[row.organisation_id],
        threshold=counting.threshold(today),
        names=[mask_name(name) for name in listed],
        page=page,
        more=more,
        insured=_is_insured(row, today),
        stale=now - row.updated_at > STALE,
        words={"kinds": KINDS, "insurance": INSURANCE, "units": UNITS},
        **_around(page=page if page > 1 else None),
    )


@public_blueprint.get("/p/<token>")
@public
def own(token: str) -> ResponseReturnValue:
    """Show the page that a holder lets an employer see."""
    now = _counted()
    shown = own_page.find(token, now)
    if shown is None:
        abort(404)
    return render_template(
        "directory/own.html", shown=shown, checked_at=now, wording=wording, **_around()
    )


def _pages(query: str, district: str) -> Pagination:
    rows = (
        select(InstitutionPage)
        .join(Organisation, Organisation.id == InstitutionPage.organisation_id)
        .where(InstitutionPage.published.is_(True))
        .options(selectinload(InstitutionPage.prices))
        .order_by(Organisation.name, InstitutionPage.id)
    )
    if query:
        rows = rows.where(Organisation.name.contains(query, autoescape=True))
    if district:
        rows = rows.where(Organisation.district_code == district)
    return db.paginate(rows, per_page=A_PAGE, error_out=False)


def _counted() -> datetime:
    """Count a page against its network and return the moment. Raises TooManyPages."""
    now, network = clock.now(), Place(request.remote_addr or "").network
    if throttle.tries("directory.page", network, QUARTER, now) >= MOST_PAGES:
        raise TooManyPages(throttle.seconds_left(QUARTER, now))
    may_write()
    throttle.count_try("directory.page", network, QUARTER, now)
    db.session.commit()
    return now


def _is_insured(row: InstitutionPage, today: date) -> bool:
    return row.insured_until is not None and row.insured_until >= today


def _around(**kept: str | int | None) -> dict[str, object]:
    english = ledger.reads_english()
    values = dict(request.view_args or {}, **kept)
    other = url_for(str(request.endpoint), lang="zh" if english else "en", **values)
    return {"language_href": other, "carried": "en" if english else None}
