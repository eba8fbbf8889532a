"""待办: what waits for the person who looks, list by list; and drafts taken on together."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock
from app.bank import handing_in, wall, wording, worklist
from app.bank.review_forms import TakeForm
from app.bank.routes import blueprint
from app.bank.views.opening import today
from app.extensions import db
from app.formatting import show_list
from app.models.bank import QuestionEntry, QuestionVersion
from app.permissions import needs, the_user


@blueprint.get("/worklist")
@needs("bank.work")
def work() -> ResponseReturnValue:
    """Show one list, the first that holds something unless another is asked for."""
    user, on = the_user(), today()
    pools = wall.visible_pools(user, on)
    waiting = worklist.work_of(user, pools, on)
    name = request.args.get("list", waiting.fullest)
    if name not in waiting.counts:
        abort(404)
    pages = worklist.listed(name, user, pools, on, request.args.get("page", 1, type=int))
    return render_template(
        "bank/worklist.html",
        name=name,
        work=waiting,
        pages=pages,
        notes=worklist.notes(name, pages.items),
        sentence=worklist.sentence,
        on=on,
        until=worklist.notice_until(on),
        words=wording,
        form=TakeForm(),
        walled_by=wall.taught_class(user, on) if wall.LIVE not in pools else None,
        live=any(entry.pool == wall.LIVE for entry in pages.items),
        opened_at=clock.now(),
    )


@blueprint.post("/worklist/take")
@needs("bank.write")
def take() -> ResponseReturnValue:
    """Take on the chosen drafts and hand them in; the person answers for each."""
    form = TakeForm()
    wanted = (form.entries.data or [])[: worklist.PER_PAGE] if form.validate() else []
    if not wanted:
        flash(_("没有选题。请勾选你读过、愿意负责的题，再送审。"), "stop")
        return redirect(url_for("bank.work", list=worklist.UNTAKEN))
    versions = db.session.scalars(
        select(QuestionVersion)
        .join(QuestionVersion.entry)
        .options(selectinload(QuestionVersion.approvals), selectinload(QuestionVersion.entry))
        .where(
            QuestionEntry.id.in_(wanted),
            QuestionEntry.pool.in_(wall.visible_pools(the_user(), today())),
            QuestionVersion.number == QuestionEntry.current_number,
        )
    ).all()
    left = handing_in.hand_in_all(versions, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("%(n)d 题已送审，由你负责。", n=len(versions) - len(left)), "ok")
    if left:
        flash(_("%(codes)s 没有送：已送审、已退回，或不归你送。", codes=show_list(left)), "wait")
    return redirect(url_for("bank.work", list=worklist.UNTAKEN))
