"""Pages of a whole class on its way to certificates: propose, publish, preview, try, issue."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.accounts.confirming import needs_fresh_password
from app.acting import do_and_tell
from app.applications import noticing
from app.applications.refusals import NoticeRefused
from app.awards import batch_issuing, batches, lists, proposing
from app.awards.refusals import AwardRefused
from app.awards.views.blueprint import blueprint
from app.extensions import db
from app.formatting import show_date
from app.permissions import allows, needs, the_user
from app.training.scope import class_scope, find_class

__all__ = ["batch_issuing"]  # registers the worker's part


@blueprint.get("/awards/classes")
@needs("award.read")
def classes() -> ResponseReturnValue:
    """List the classes that have ended, with how far their people are."""
    lines, pages = lists.classes(the_user(), clock.shanghai_date(clock.now()))
    return render_template("awards/classes.html", lines=lines, pages=pages)


@blueprint.get("/awards/classes/<class_id>")
@needs("award.read")
def of_class(class_id: str) -> ResponseReturnValue:
    """Show everybody of a class who is ready, proposed or noticed, and what was done together."""
    now, user = clock.now(), the_user()
    on = clock.shanghai_date(now)
    found = find_class(user, "award.read", class_id, on)
    scope = class_scope(found)
    return render_template(
        "awards/class.html",
        training_class=found,
        candidates=lists.candidates_of(found, on),
        weighed=batches.weighed(found, actor=user, now=now),
        notices=noticing.of_class(found),
        unnoticed=len(noticing.to_be_noticed(found)),
        least_days=noticing.least_days(on),
        done=batches.of_class(found),
        today=on,
        may={
            name: allows(user, name, scope)
            for name in ("award.propose", "award.decide", "notice.publish")
        },
    )


@blueprint.post("/awards/classes/<class_id>/propose")
@needs("award.propose")
def propose_class(class_id: str) -> ResponseReturnValue:
    """Propose everybody of a class who is ready."""
    now, user = clock.now(), the_user()
    found = find_class(user, "award.propose", class_id, clock.shanghai_date(now))

    def act() -> str:
        made, left_out = proposing.propose_class(found, actor=user, now=now)
        said = _("已提出 %(n)d 人，等另一个人决定。", n=len(made))
        if left_out:
            said += _("没有提出：%(names)s，要由别人来提。", names=_("、").join(left_out))
        return str(said)

    return do_and_tell(act, url_for("awards.of_class", class_id=class_id))


@blueprint.post("/awards/classes/<class_id>/notice")
@needs("notice.publish")
def publish(class_id: str) -> ResponseReturnValue:
    """Publish who is proposed."""
    now, user = clock.now(), the_user()
    found = find_class(user, "notice.publish", class_id, clock.shanghai_date(now))
    days = request.form.get("days", "")

    def act() -> str:
        if not days.isdecimal():
            raise NoticeRefused(_("没有公示：请填公示几天，只填数字。"))
        row = noticing.publish(found, int(days[:4]), actor=user, now=now)
        return str(_("已公示，%(day)s 是最后一天。", day=show_date(row.until_day)))

    return do_and_tell(act, url_for("awards.of_class", class_id=class_id))


@blueprint.route("/awards/classes/<class_id>/issue", methods=["GET", "POST"])
@needs("award.decide")
@needs_fresh_password
def issue_class(class_id: str) -> ResponseReturnValue:
    """Show what would be issued and to whom not; begin it, or try it without keeping anything."""
    now, user = clock.now(), the_user()
    found = find_class(user, "award.decide", class_id, clock.shanghai_date(now))
    if request.method == "POST":
        kind = batches.TRIAL if request.form.get("act") == "try" else batches.ISSUE
        try:
            batch = batches.begin(found, kind, actor=user, now=now)
        except AwardRefused as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return redirect(url_for("awards.issue_class", class_id=class_id))
        db.session.commit()
        return redirect(url_for("awards.batch", batch_id=batch.id))
    return render_template(
        "awards/issue_class.html",
        training_class=found,
        running=batches.running(found),
        preview=batches.preview(found, actor=user, now=now),
    )
