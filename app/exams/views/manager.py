"""The exam manager's pages: exams, publishing, sittings and their rosters."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import clock, rulebook
from app.bank import planning, wording
from app.clock import SHANGHAI
from app.errors import Refusal
from app.exams import papers, publishing, rostering
from app.exams.forms import ExamForm, FactorForm, InvigilatorForm, RosterForm, SittingForm, given
from app.exams.views import blueprint
from app.extensions import db
from app.formatting import in_english
from app.models.bank import ExamBlueprint
from app.models.exams import Attempt, Booking, Exam, ExamRevision, Sitting
from app.models.people import District, Role, RoleGrant, User
from app.models.training import TrainingClass
from app.permissions import Scope, allows, needs, require, the_user
from app.training.scope import class_scope


def sitting_scope(sitting: Sitting) -> Scope:
    """Return where a sitting lies."""
    return Scope(district=sitting.district_code, sitting=sitting.id)


def get_sitting(sitting_id: str, permission: str) -> Sitting:
    """Return a sitting inside the person's scope, or 404."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None:
        abort(404)
    require(permission, sitting_scope(sitting))
    return sitting


@blueprint.get("/")
@needs("exam.read")
def exams() -> ResponseReturnValue:
    """List exams and the sittings in scope."""
    found = db.session.scalars(
        select(Exam).options(selectinload(Exam.revisions)).order_by(Exam.created_at.desc())
    ).all()
    sittings = db.session.scalars(
        select(Sitting).order_by(Sitting.opens_at.desc()).limit(100)
    ).all()
    user = the_user()
    seen = [s for s in sittings if allows(user, "exam.read", sitting_scope(s))]
    counted = db.session.execute(
        select(Booking.sitting_id, func.count())
        .where(Booking.sitting_id.in_([s.id for s in seen]))
        .group_by(Booking.sitting_id)
    )
    counts: dict[str, int] = dict(counted.all())
    return render_template(
        "exams/exams.html",
        exams=found,
        sittings=seen,
        counts=counts,
        may_build=allows(user, "exam.build"),
        now=clock.now(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs("exam.build")
def new() -> ResponseReturnValue:
    """Make an exam from a blueprint."""
    today = clock.shanghai_date(clock.now())
    form = ExamForm()
    if not form.is_submitted():
        form.minutes.data = rulebook.value("exam.minutes", today)
        form.pass_percent.data = rulebook.value("exam.pass_percent", today)
    blueprints = db.session.scalars(select(ExamBlueprint).order_by(ExamBlueprint.title)).all()
    form.blueprint.choices = [(b.id, (in_english() and b.title_en) or b.title) for b in blueprints]
    if form.validate_on_submit():
        try:
            exam = publishing.create_exam(
                title=given(form.title).strip(),
                title_en=given(form.title_en).strip(),
                blueprint=db.session.get_one(ExamBlueprint, form.blueprint.data),
                minutes=given(form.minutes),
                pass_percent=given(form.pass_percent),
                actor=the_user(),
                now=clock.now(),
            )
        except publishing.NotReady as refusal:
            form.title.errors = [refusal.sentence]
        else:
            db.session.commit()
            return redirect(url_for(".exam", exam_id=exam.id))
    return render_template("exams/new.html", form=form), (400 if form.is_submitted() else 200)


@blueprint.get("/<exam_id>")
@needs("exam.read")
def exam(exam_id: str) -> ResponseReturnValue:
    """Show one exam: the proof that it can be drawn, its revisions, its sittings."""
    found = db.session.get(Exam, exam_id)
    if found is None:
        abort(404)
    sittings = db.session.scalars(
        select(Sitting)
        .join(ExamRevision, ExamRevision.id == Sitting.revision_id)
        .where(ExamRevision.exam_id == found.id)
        .order_by(Sitting.opens_at.desc())
    ).all()
    user = the_user()
    return render_template(
        "exams/exam.html",
        exam=found,
        plan=planning.plan(found.blueprint, clock.shanghai_date(clock.now())),
        words=wording,
        sittings=[s for s in sittings if allows(user, "exam.read", sitting_scope(s))],
        may_build=allows(user, "exam.build"),
        may_see_blueprint=allows(user, "bank.blueprint"),
        now=clock.now(),
    )


@blueprint.post("/<exam_id>/publish")
@needs("exam.build")
def publish(exam_id: str) -> ResponseReturnValue:
    """Freeze the next revision."""
    found = db.session.get(Exam, exam_id)
    if found is None:
        abort(404)
    try:
        revision = publishing.publish(found, actor=the_user(), now=clock.now())
    except publishing.NotReady as refusal:
        flash(refusal.sentence, "stop")
        db.session.rollback()
    else:
        db.session.commit()
        flash(_("已发布第 %(n)d 版，内容已冻结。", n=revision.number), "ok")
    return redirect(url_for(".exam", exam_id=exam_id))


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=SHANGHAI).astimezone(UTC)


def _own_districts() -> list[District]:
    """Return the districts in which the signed-in person plans sittings."""
    user = the_user()
    rows = db.session.scalars(select(District).order_by(District.code))
    return [row for row in rows if allows(user, "exam.build", Scope(district=row.code))]


@blueprint.route("/revisions/<revision_id>/sittings/new", methods=["GET", "POST"])
@needs("exam.build")
def new_sitting(revision_id: str) -> ResponseReturnValue:
    """Plan a sitting of a frozen revision."""
    revision = db.session.get(ExamRevision, revision_id)
    if revision is None:
        abort(404)
    now = clock.now()
    form = SittingForm()
    if not form.is_submitted():
        form.late_minutes.data = rulebook.value("exam.late_start_minutes", clock.shanghai_date(now))
    form.district.choices = [(d.code, d.name) for d in _own_districts()]
    if form.validate_on_submit():
        try:
            sitting = rostering.plan(
                revision,
                district=db.session.get_one(District, form.district.data),
                place=given(form.place).strip(),
                opens_at=_utc(given(form.opens_at)),
                late_minutes=given(form.late_minutes),
                closes_at=_utc(given(form.closes_at)),
                actor=the_user(),
                now=now,
            )
        except rostering.BadSitting as refusal:
            form.opens_at.errors = [*form.opens_at.errors, refusal.sentence]
        else:
            db.session.commit()
            return redirect(url_for(".sitting", sitting_id=sitting.id))
    page = render_template("exams/new_sitting.html", form=form, revision=revision)
    return page, (400 if form.is_submitted() else 200)


@blueprint.get("/sittings/<sitting_id>")
@needs("exam.read")
def sitting(sitting_id: str) -> ResponseReturnValue:
    """Show a sitting: invigilators, roster, papers."""
    return _sitting_page(get_sitting(sitting_id, "exam.read"))


def _sitting_page(found: Sitting, left_out: list[tuple[User, str]] | None = None) -> str:
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == found.id)
        .options(selectinload(Booking.paper), selectinload(Booking.attempt))
        .order_by(Booking.seat)
    ).all()
    roster = RosterForm()
    roster.training_class.choices = [(c.id, c.title) for c in _own_classes()]
    naming = InvigilatorForm()
    named = {staff.user_id for staff in found.staff}
    free = [person for person in _invigilators(found) if person.id not in named]
    naming.invigilator.choices = [(person.id, person.name) for person in free]
    return render_template(
        "exams/sitting.html",
        sitting=found,
        bookings=bookings,
        roster=roster,
        naming=naming,
        factor=FactorForm(),
        left_out=left_out or [],
        may_build=allows(the_user(), "exam.build", sitting_scope(found)),
        missing_papers=sum(booking.paper is None for booking in bookings),
        now=clock.now(),
    )


def _own_classes() -> list[TrainingClass]:
    """Return the classes in reach, the newest first."""
    user = the_user()
    rows = db.session.scalars(select(TrainingClass).order_by(TrainingClass.starts_on.desc()))
    return [row for row in rows if allows(user, "exam.build", class_scope(row))]


def _invigilators(sitting: Sitting) -> list[User]:
    """Return whose role of invigilator reaches this sitting."""
    holders = select(RoleGrant.user_id).where(
        RoleGrant.role == Role.INVIGILATOR, RoleGrant.revoked_at.is_(None)
    )
    rows = db.session.scalars(
        select(User)
        .where(User.id.in_(holders), User.active.is_(True))
        .options(selectinload(User.grants))
        .order_by(User.name)
    )
    where = sitting_scope(sitting)
    return [person for person in rows if allows(person, "exam.invigilate", where)]


@blueprint.post("/sittings/<sitting_id>/invigilators")
@needs("exam.build")
def name_invigilator(sitting_id: str) -> ResponseReturnValue:
    """Name an invigilator for the sitting."""
    found = get_sitting(sitting_id, "exam.build")
    form = InvigilatorForm()
    people = {person.id: person for person in _invigilators(found)}
    form.invigilator.choices = [(key, person.name) for key, person in people.items()]
    if form.validate_on_submit():
        person = people[form.invigilator.data]
        rostering.name_invigilator(found, person, actor=the_user(), now=clock.now())
        db.session.commit()
        flash(_("已指定监考员 %(name)s。", name=person.name), "ok")
    else:
        flash(_("请从名单里选一位监考员。"), "stop")
    return redirect(url_for(".sitting", sitting_id=found.id))


@blueprint.post("/sittings/<sitting_id>/roster")
@needs("exam.build")
def add_class(sitting_id: str) -> ResponseReturnValue:
    """Put everyone of a class who is ready onto the roster."""
    found = get_sitting(sitting_id, "exam.build")
    training_class = db.session.get(TrainingClass, RosterForm().training_class.data or "")
    if training_class is None:
        flash(_("请选一个班级。"), "stop")
        return redirect(url_for(".sitting", sitting_id=found.id))
    require("exam.build", class_scope(training_class))
    try:
        booked = rostering.add_class(found, training_class, actor=the_user(), now=clock.now())
    except rostering.CannotBook as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
        return redirect(url_for(".sitting", sitting_id=sitting_id))
    db.session.commit()
    flash(_("加进名单 %(n)d 人。", n=booked.added), "ok" if booked.added else "info")
    return _sitting_page(found, booked.left_out)


@blueprint.post("/sittings/<sitting_id>/papers")
@needs("exam.build")
def draw_papers(sitting_id: str) -> ResponseReturnValue:
    """Draw the papers that are missing; the worker does the same before the start."""
    found = get_sitting(sitting_id, "exam.build")
    drawn = papers.draw_missing(found, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("抽好 %(n)d 份试卷。", n=drawn), "ok")
    return redirect(url_for(".sitting", sitting_id=found.id))


@blueprint.post("/sittings/<sitting_id>/bookings/<booking_id>/factor")
@needs("exam.build")
def set_factor(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Approve more time for one person."""
    found = get_sitting(sitting_id, "exam.build")
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.sitting_id != found.id:
        abort(404)
    form = FactorForm()
    try:
        if not form.validate_on_submit():
            raise rostering.CannotBook(_("时间系数请填整数，例如 150。"))
        rostering.set_time_factor(
            booking, given(form.percent), form.reason.data or "", actor=the_user(), now=clock.now()
        )
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.sentence, "stop")
    else:
        db.session.commit()
        flash(_("已批准，时间账里会写明。"), "ok")
    return redirect(url_for(".sitting", sitting_id=found.id))


@blueprint.get("/sittings/<sitting_id>/papers/<booking_id>")
@needs("exam.build")
def check_paper(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Draw one paper again from its seed and say whether it is the stored one."""
    found = get_sitting(sitting_id, "exam.build")
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.sitting_id != found.id or booking.paper is None:
        abort(404)
    return render_template(
        "exams/check_paper.html",
        booking=booking,
        sitting=found,
        same=papers.rebuilds(booking.paper),
    )


def open_attempts(sitting: Sitting) -> list[Attempt]:
    """Return a sitting's attempts that are still being written."""
    return list(
        db.session.scalars(
            select(Attempt).where(Attempt.sitting_id == sitting.id, Attempt.state == "open")
        )
    )
