"""Comments on questions: taken from the answering page, answered by the exam manager."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import clock
from app.acting import do_and_tell
from app.exams import answers, comments, devices
from app.exams.views import blueprint
from app.exams.views.reaching import get_sitting, sitting_scope
from app.extensions import csrf, db
from app.models.bank import QuestionVersion
from app.models.exams import Attempt, Sitting
from app.models.room import QuestionComment
from app.permissions import allows, needs, the_user

MOST_BODY = 16 * 1024


@blueprint.post("/attempts/<attempt_id>/comments")
@csrf.exempt  # type: ignore[untyped-decorator]
@devices.by_device
def comment(attempt_id: str) -> ResponseReturnValue:
    """Take a comment, as the page's script sends it or as a form."""
    devices.refuse_foreign_pages()
    request.max_content_length = MOST_BODY
    device = answers.find_device(attempt_id, devices.token(attempt_id), lock=True)
    body = request.get_json(silent=True) if request.is_json else request.form
    body = body if isinstance(body, dict) else {}
    slot, text = str(body.get("slot")), body.get("text")
    number = int(slot) if slot.isdecimal() and len(slot) < 6 else 0
    row = comments.comment(device, number, text if isinstance(text, str) else "", clock.now())
    booking_id = device.attempt.booking_id
    db.session.commit()
    if request.is_json:
        return jsonify({"id": row.id, "slot": row.slot}), 201
    flash(_("意见已送到，答复会和成绩一起给你。"), "ok")
    return redirect(url_for(".paper", booking_id=booking_id, q=number), 303)


def _in_reach() -> list[str]:
    """Return the ids of the sittings whose comments the signed-in person answers."""
    user = the_user()
    commented = (
        select(Attempt.sitting_id)
        .join(QuestionComment, QuestionComment.attempt_id == Attempt.id)
        .distinct()
    )
    found = db.session.scalars(select(Sitting).where(Sitting.id.in_(commented)))
    return [one.id for one in found if allows(user, "exam.build", sitting_scope(one))]


@blueprint.get("/comments")
@needs("exam.build")
def question_comments() -> ResponseReturnValue:
    """List comments that wait for an answer, then those answered, one question together."""
    reach = _in_reach()
    waiting = comments.to_read(reach, answered=False)
    done = comments.to_read(reach, answered=True)
    ids = {one.version_id for one in (*waiting, *done)}
    versions = db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(ids)))
    return render_template(
        "exams/comments.html",
        waiting=waiting,
        done=done,
        versions={version.id: version for version in versions},
        may_open=allows(the_user(), "bank.read_live"),
    )


@blueprint.post("/comments/<comment_id>/answer")
@needs("exam.build")
def answer_comment(comment_id: str) -> ResponseReturnValue:
    """Answer one comment; the candidate reads it with the released result."""
    row = db.session.get(QuestionComment, comment_id)
    if row is None:
        abort(404)
    get_sitting(row.attempt.sitting_id, "exam.build")
    words = request.form.get("answer", "")

    def act() -> str:
        comments.answer(row, words, actor=the_user(), now=clock.now())
        return str(_("已答复第 %(n)d 题的意见，考生会和成绩一起看到。", n=row.slot))

    return do_and_tell(act, url_for(".question_comments"))
