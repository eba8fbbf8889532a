"""Telling the association of a site that imitates the check: by anybody, without an account."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.checking import domains, limits, reports
from app.checking.forms import ReportForm
from app.checking.reports import Told
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, locale, network
from app.extensions import csrf, db
from app.permissions import public


@blueprint.get("/check/report")
@public
def report() -> ResponseReturnValue:
    """Ask which site it is."""
    return render_template("check/report.html", form=ReportForm(formdata=None), **around())


@blueprint.post("/check/report")
@public
def send_report() -> ResponseReturnValue:
    """Take a report in. Our own address is answered at once: nobody has to look at it."""
    form, now = ReportForm(), clock.now()
    if not form.validate():
        return render_template("check/report.html", form=form, **around()), 400
    site = form.site.data or ""
    if reports.is_ours(site, domains.ours()):
        return redirect(url_for("check.reported", about="ours", lang=locale()), 303)
    limits.refuse_if_throttled(limits.REPORTS, network(), now)
    if not form.website.data:  # a program fills in what people do not see: it is thanked, too
        told = Told(site, form.told.data or "", form.contact.data or "")
        reports.file(told, now)
        limits.count(limits.REPORTS, network(), now)
        db.session.commit()
    return redirect(url_for("check.reported", lang=locale()), 303)


csrf.exempt(send_report)


@blueprint.get("/check/report/sent")
@public
def reported() -> ResponseReturnValue:
    """Say what became of it."""
    ours = request.args.get("about") == "ours"
    return render_template("check/reported.html", is_ours=ours, **around())
