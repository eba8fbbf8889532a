"""The association's side: the queue, one renewal with its proofs, checking and deciding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import case, select
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db
from app.models.people import User
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.permissions import allows, needs, the_user
from app.renewal import granting, handing_in, progress, reach, reviewing, wording
from app.renewal.forms import EntryForm, ReasonForm
from app.renewal.pages import blueprint

A_PAGE = 20


@blueprint.get("/renewals")
@needs("award.read")
def queue() -> ResponseReturnValue:
    """List renewals: those that wait come first, the oldest first."""
    user, today = the_user(), clock.shanghai_date(clock.now())
    return render_template("renewal/queue.html", pages=_pages(user, today), wording=wording)


@blueprint.get("/renewals/<renewal_id>")
@needs("award.read")
def review(renewal_id: str) -> ResponseReturnValue:
    """Show one renewal: what is asked, every line with its proof, what can be done."""
    user, now = the_user(), clock.now()
    row, scope = reach.find(Renewal, renewal_id, "award.read", user)
    checks = row.state == "handed_in" and allows(user, "award.propose", scope)
    decides = row.state == "checked" and allows(user, "award.decide", scope)
    may = reviewing.may_check if checks else reviewing.may_decide
    names = select(User.id, User.name).where(User.id.in_([row.checked_by_id, row.decided_by_id]))
    return render_template(
        "renewal/review.html",
        row=row,
        at=progress.of(row.certificate, now) if row.state in progress.OPEN_STATES else None,
        learning=row.learning,
        practice=row.practice,
        checks=checks,
        decides=decides,
        obstacle=_why(lambda: may(row, actor=user, now=now)) if checks or decides else "",
        following=granting.following(row.certificate, now) if decides else None,
        names=dict(db.session.execute(names).all()),
        form=EntryForm(formdata=None),
        wording=wording,
        practice_missing=handing_in.practice_missing,
    )


@blueprint.post("/renewals/<renewal_id>/entries/<kind>/<entry_id>")
@needs("award.propose")
def check_entry(renewal_id: str, kind: str, entry_id: str) -> ResponseReturnValue:
    """Accept or strike one line."""
    row, _scope = reach.find(Renewal, renewal_id, "award.propose", the_user())
    lists: dict[str, Any] = {"learning": row.learning, "practice": row.practice}
    entry: LearningEntry | PracticeEntry | None = next(
        (one for one in lists.get(kind, ()) if one.id == entry_id), None
    )
    checked = request.form.get("checked", "")
    if entry is None or checked not in wording.CHECKED:
        abort(404)

    def act() -> str:
        remark = request.form.get("remark", "")
        reviewing.mark_entry(row, entry, checked, remark, actor=the_user(), now=clock.now())
        return str(_("已记下：这一条%(word)s。", word=wording.CHECKED[checked]))

    return do_and_tell(act, _here(renewal_id) + f"#{entry_id}")


@blueprint.post("/renewals/<renewal_id>/pass-on")
@needs("award.propose")
def pass_on(renewal_id: str) -> ResponseReturnValue:
    """Say that everything was looked at and is enough."""
    row, _scope = reach.find(Renewal, renewal_id, "award.propose", the_user())

    def act() -> str:
        reviewing.pass_on(row, actor=the_user(), now=clock.now())
        return str(_("已核对，等另一个人决定。"))

    return do_and_tell(act, _here(renewal_id))


@blueprint.route("/renewals/<renewal_id>/return", methods=["GET", "POST"])
@needs("award.read")
def send_back(renewal_id: str) -> ResponseReturnValue:
    """Return a renewal with what is missing: the registrar while checking, else the certifier."""
    row, scope = reach.find(Renewal, renewal_id, "award.read", the_user())
    wanted = "award.decide" if row.state == "checked" else "award.propose"
    if not allows(the_user(), wanted, scope):
        abort(403)
    return _with_reason(
        row,
        _("退回来补"),
        lambda reason: reviewing.send_back(row, reason, actor=the_user(), now=clock.now()),
        _("已退回，本人会收到要补什么。"),
    )


@blueprint.route("/renewals/<renewal_id>/refuse", methods=["GET", "POST"])
@needs("award.decide")
def refuse(renewal_id: str) -> ResponseReturnValue:
    """Decide that the certificate is not renewed."""
    row, _scope = reach.find(Renewal, renewal_id, "award.decide", the_user())
    return _with_reason(
        row,
        _("不续期"),
        lambda reason: reviewing.refuse(row, reason, actor=the_user(), now=clock.now()),
        _("已决定不续期，本人会收到理由。"),
    )


@blueprint.route("/renewals/<renewal_id>/grant", methods=["GET", "POST"])
@needs("award.decide")
@needs_fresh_password
def grant(renewal_id: str) -> ResponseReturnValue:
    """Issue the certificate that follows."""
    row, _scope = reach.find(Renewal, renewal_id, "award.decide", the_user())
    if request.method == "GET":
        following = granting.following(row.certificate, clock.now())
        return render_template("renewal/grant.html", row=row, following=following)

    def act() -> str:
        new = granting.grant(row, actor=the_user(), now=clock.now())
        return str(_("已续期，新证书编号 %(number)s。", number=new.printed["number_grouped"]))

    return do_and_tell(act, _here(renewal_id))


def _with_reason(
    row: Renewal, title: str, act: Callable[[str], None], done: str
) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():

        def said() -> str:
            act(form.reason.data or "")
            return done

        return do_and_tell(said, _here(row.id))
    page = render_template("renewal/reason.html", row=row, form=form, title=title)
    return page, 400 if form.is_submitted() else 200


def _pages(user: User, today: Any) -> Pagination:
    waits = case((Renewal.state.in_(("handed_in", "checked")), 0), else_=1)
    rows = (
        select(Renewal)
        .where(Renewal.certificate_id.in_(reach.readable(user, today)))
        .options(selectinload(Renewal.certificate))
        .order_by(waits, Renewal.handed_in_at, Renewal.id)
    )
    return db.paginate(rows, per_page=A_PAGE, error_out=False)


def _why(asked: Callable[[], None]) -> str:
    try:
        asked()
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _here(renewal_id: str) -> str:
    return url_for("renewal.review", renewal_id=renewal_id)
