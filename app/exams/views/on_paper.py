"""The paper fallback: printing drawn papers, typing answer sheets in, settling, handing in.

For the exam manager of the place and the invigilators named for the sitting; to anybody else none of
it exists. Questions are on the printed papers only, and each opening of those is a line in the trail.
"""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, blobs, clock
from app.exams import on_paper, paper_list, typed_answers
from app.exams.documents import files, papers
from app.exams.views import blueprint
from app.exams.views.documents import pdf_response
from app.exams.views.reaching import get_booking, sitting_scope
from app.exams.views.room.own import is_own, only_room, try_to
from app.extensions import db, may_write
from app.models.exams import Booking, Sitting
from app.models.people import User
from app.permissions import allows, signed_in, the_user


def reached(sitting_id: str) -> Sitting:
    """Return a sitting whose papers the signed-in person handles, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None or sitting.mock:
        abort(404)
    if is_own(sitting):
        only_room(sitting)
    elif not allows(the_user(), "exam.build", sitting_scope(sitting)):
        abort(404)
    return sitting


@blueprint.get("/on-paper/<sitting_id>")
@signed_in
def paper_sheets(sitting_id: str) -> ResponseReturnValue:
    """List what can be printed and how far each answer sheet is."""
    sitting, now = reached(sitting_id), clock.now()
    last = {name: job for name, job in files.newest(sitting, now).items() if papers.is_paper(name)}
    return render_template(
        "exams/paper_sheets.html",
        sitting=sitting,
        rows=paper_list.rows(sitting),
        documents=papers.documents_of(sitting),
        last=last,
        busy=any(job.state in files.UNFINISHED for job in last.values()),
        visible=on_paper.may_be_seen(sitting, now),
        typable=now > sitting.last_start_at,
        as_manager=allows(the_user(), "exam.read", sitting_scope(sitting)),
    )


@blueprint.post("/on-paper/<sitting_id>/print/<document>")
@signed_in
def print_papers(sitting_id: str, document: str) -> ResponseReturnValue:
    """Have a room's papers, or one candidate's, printed."""
    sitting = reached(sitting_id)
    if not papers.is_paper(document):
        abort(404)
    if not papers.bookings_for(sitting, document):
        flash(_("还没有抽好的试卷，没有可打印的。开考前 15 分钟会自动抽好。"), "stop")
    elif not on_paper.may_be_seen(sitting, clock.now()):
        flash(_("开考时间到了才能打印试卷。在那以前谁都不能看题。"), "stop")
    else:
        files.ask(sitting, document, actor=the_user(), now=clock.now())
        db.session.commit()
    return redirect(url_for(".paper_sheets", sitting_id=sitting_id))


@blueprint.get("/on-paper/<sitting_id>/print/<document>")
@signed_in
def printed_papers(sitting_id: str, document: str) -> ResponseReturnValue:
    """Give the file, and note who opened it."""
    reached(sitting_id)
    may_write()
    sitting, now = reached(sitting_id), clock.now()
    found = papers.is_paper(document) and on_paper.may_be_seen(sitting, now)
    blob = files.file_of(files.newest(sitting, now).get(document)) if found else None
    if blob is None:
        flash(_("这份文件还没有生成，或已经清走。请按“生成”。"), "info")
        return redirect(url_for(".paper_sheets", sitting_id=sitting_id))
    audit.record("sitting.paper_opened", sitting, actor=the_user(), now=now, document=document)
    db.session.commit()
    return pdf_response(blobs.get(blob), _("试卷和答题卡 %(place)s", place=sitting.place))


@blueprint.route("/on-paper/<sitting_id>/sheets/<booking_id>", methods=["GET", "POST"])
@signed_in
def type_sheet(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Show the grid for one answer sheet, and keep what was typed into it."""
    booking = get_booking(reached(sitting_id), booking_id)
    known, trouble = on_paper.sheet(booking), ""
    wrong: dict[int, str] = {}
    texts: dict[int, list[str]] = {}
    if request.method == "POST":
        texts = _typed(known.items)
        try:
            typing = on_paper.type_in(booking, texts, actor=the_user(), now=clock.now())
        except on_paper.PaperRefused as refusal:
            db.session.rollback()
            booking = get_booking(reached(sitting_id), booking_id)
            trouble, wrong = refusal.sentence, getattr(refusal, "wrong", {})
        else:
            db.session.commit()
            return _typed_well(sitting_id, booking_id, typing)
    elif trouble := _why_not(booking):
        flash(trouble, "stop")
        return redirect(url_for(".paper_sheets", sitting_id=sitting_id))
    page = _grid(booking, texts, wrong, trouble)
    return page, 400 if trouble else 200


def _why_not(booking: Booking) -> str:
    try:
        on_paper.refuse_unless_typable(booking, clock.now())
    except on_paper.PaperRefused as refusal:
        return refusal.sentence
    return ""


def _typed(items: tuple[typed_answers.Item, ...]) -> dict[int, list[str]]:
    form = request.form
    return {item["number"]: form.getlist(f"slot-{item['number']}") for item in items}


def _grid(
    booking: Booking, texts: dict[int, list[str]], wrong: dict[int, str], trouble: str
) -> str:
    known = on_paper.sheet(booking)
    return render_template(
        "exams/paper_typing.html",
        booking=booking,
        sitting=booking.sitting,
        items=known.items,
        fields=typed_answers.fields,
        texts=texts,
        wrong=wrong,
        trouble=trouble,
        again=known.by.get(1) == the_user().id,
        second=1 in known.by,
    )


def _typed_well(sitting_id: str, booking_id: str, typing: int) -> ResponseReturnValue:
    known = on_paper.sheet(get_booking(reached(sitting_id), booking_id))
    seat, differ = known.booking.seat, len(known.differing)
    if typing == 1:
        flash(_("%(n)s 座第一次录好了。请换一个人再录一次。", n=seat), "ok")
    elif differ:
        flash(
            _(
                "%(n)s 座第二次录好了，有 %(m)d 题和第一次不一样，请第三个人来定。",
                n=seat,
                m=differ,
            ),
            "wait",
        )
    else:
        flash(_("%(n)s 座两次录的完全一样，可以登记交卷。", n=seat), "ok")
    return redirect(url_for(".paper_sheets", sitting_id=sitting_id))


@blueprint.route("/on-paper/<sitting_id>/sheets/<booking_id>/differences", methods=["GET", "POST"])
@signed_in
def settle_sheet(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """List where the two typings differ, and keep what the third look decided."""
    booking = get_booking(reached(sitting_id), booking_id)
    known, trouble = on_paper.sheet(booking), ""
    wrong: dict[int, str] = {}
    if request.method == "POST":
        try:
            on_paper.settle(booking, _decided(known), actor=the_user(), now=clock.now())
        except on_paper.PaperRefused as refusal:
            db.session.rollback()
            trouble, wrong = refusal.sentence, getattr(refusal, "wrong", {})
            known = on_paper.sheet(get_booking(reached(sitting_id), booking_id))
        else:
            db.session.commit()
            flash(_("差异都定好了，可以登记交卷。"), "ok")
            return redirect(url_for(".paper_sheets", sitting_id=sitting_id))
    page = render_template(
        "exams/paper_differences.html",
        booking=known.booking,
        sitting=known.booking.sitting,
        sheet=known,
        fields=typed_answers.fields,
        wrong=wrong,
        trouble=trouble,
        typed_it=the_user().id in known.by.values(),
    )
    return page, 400 if trouble else 200


def _decided(known: on_paper.Sheet) -> dict[int, list[str]]:
    """Return what was decided, by slot: one of the two, or what was typed instead."""
    decided = {}
    for slot in known.unsettled:
        choice = request.form.get(f"is-{slot}", "")
        if choice in ("1", "2"):
            decided[slot] = known.said(int(choice), slot)
        elif choice == "other":
            decided[slot] = request.form.getlist(f"slot-{slot}")
    return decided


@blueprint.post("/on-paper/<sitting_id>/sheets/<booking_id>/hand-in")
@signed_in
def hand_in_sheet(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Take a sheet typed in twice over as an attempt handed in."""
    booking = get_booking(reached(sitting_id), booking_id)

    def hand_in(actor: User, now: datetime) -> str:
        attempt = on_paper.take_over(booking, actor=actor, now=now)
        return str(
            _(
                "%(n)s 座已按答题卡交卷，回执号 %(code)s。",
                n=booking.seat,
                code=attempt.receipt_code,
            )
        )

    return try_to(hand_in, url_for(".paper_sheets", sitting_id=sitting_id))
