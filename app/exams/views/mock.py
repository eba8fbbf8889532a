"""A trainee's mock exams: what there is, begin a try, and its result with explanations at once."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.errors import Refusal
from app.exams import explaining, handing_in, marking, mock, papers, time_account
from app.exams.proving import MOCK
from app.exams.views import blueprint
from app.extensions import db, may_write, reading_only
from app.models.exams import Booking, ExamRevision
from app.permissions import signed_in, the_user


@blueprint.get("/mock")
@signed_in
def mocks() -> ResponseReturnValue:
    """List mock exams with one's own tries."""
    return render_template("exams/mocks.html", offers=mock.offers(the_user()), now=clock.now())


@blueprint.post("/mock/<revision_id>/begin")
@signed_in
def begin_mock(revision_id: str) -> ResponseReturnValue:
    """Open a try and go to its waiting room; one that waits or runs is gone back to."""
    revision = db.session.get(ExamRevision, revision_id)
    if revision is None or revision.exam.purpose != MOCK:
        abort(404)
    db.session.rollback()
    with reading_only():  # a pool is sorted before a transaction that writes
        frozen = papers.frozen_pool(db.session.get_one(ExamRevision, revision_id))
        db.session.rollback()
    try:
        again = db.session.get_one(ExamRevision, revision_id)
        booking = mock.begin(again, the_user(), clock.now(), frozen=frozen)
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".mocks"))
    db.session.commit()
    return redirect(url_for(".waiting_room", booking_id=booking.id), 303)


@blueprint.get("/mock/tries/<booking_id>")
@signed_in
def mock_result(booking_id: str) -> ResponseReturnValue:
    """Show a try's result and explanations; marks it first where the worker was slower."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.user_id != the_user().id or not booking.sitting.mock:
        abort(404)
    if booking.sitting.rehearses_id:
        return redirect(url_for(".dry_run_result", booking_id=booking_id))
    now, attempt = clock.now(), booking.attempt
    if attempt is None:
        return redirect(url_for(".waiting_room", booking_id=booking_id))
    may_write()
    if attempt.state == "open" and not handing_in.close_if_over(attempt, now):
        return redirect(url_for(".paper", booking_id=booking_id))
    result = marking.mark(time_account.lock(attempt), now)
    db.session.commit()
    return render_template(
        "exams/mock_result.html",
        booking=booking,
        result=result,
        questions=explaining.explained(attempt),
        title=_("模拟考结果"),
    )
