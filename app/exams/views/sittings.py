"""The exam manager's pages of a sitting: planning one, what it is, its invigilators and papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock, rulebook
from app.acting import do_and_tell
from app.clock import SHANGHAI
from app.exams import booking, invigilators, papers, rostering, seating
from app.exams.forms import InvigilatorForm, RosterForm, SittingForm, given
from app.exams.office_forms import PeopleForm, RoomsForm, WindowForm
from app.exams.views import blueprint
from app.exams.views.reaching import get_booking, get_sitting, sitting_scope
from app.extensions import db
from app.models.exams import Booking, ExamRevision, Paper, Sitting, SittingRoom
from app.models.people import District, Role, RoleGrant, User
from app.models.training import TrainingClass
from app.permissions import Scope, allows, needs, the_user
from app.training.scope import class_scope


def utc(local: datetime) -> datetime:
    """Return a moment typed as Shanghai's time."""
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
                opens_at=utc(given(form.opens_at)),
                late_minutes=given(form.late_minutes),
                closes_at=utc(given(form.closes_at)),
                rooms=seating.read_rooms(form.rooms.data or ""),
                actor=the_user(),
                now=now,
            )
        except seating.BadRooms as refusal:
            form.rooms.errors = [refusal.sentence]
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
    return sitting_page(get_sitting(sitting_id, "exam.read"))


def sitting_page(found: Sitting, left_out: list[tuple[str, str]] | None = None) -> str:
    """Return the page of a sitting; `left_out` names who was not put on the roster, and why."""
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.sitting_id == found.id)
        .options(
            selectinload(Booking.paper).load_only(Paper.id, Paper.booking_id),
            selectinload(Booking.attempt),
            selectinload(Booking.room),
        )
        .order_by(Booking.seat)
    ).all()
    rooms, now = seating.rooms_of(found), clock.now()
    return render_template(
        "exams/sitting.html",
        sitting=found,
        bookings=bookings,
        rooms=rooms,
        spans=seating.spans(rooms),
        capacity=seating.capacity(rooms),
        booking_open=booking.is_open(found, now),
        forms=_forms(found, rooms),
        left_out=left_out or [],
        may_build=allows(the_user(), "exam.build", sitting_scope(found)),
        begun=any(one.attempt for one in bookings),
        missing_papers=sum(one.paper is None for one in bookings),
        now=now,
    )


def _forms(found: Sitting, rooms: list[SittingRoom]) -> dict[str, Any]:
    # The page that answers a list does not repeat it: it may hold whole identity numbers.
    roster, naming, window = RosterForm(None), InvigilatorForm(None), WindowForm(None)
    roster.training_class.choices = [(c.id, c.title) for c in _own_classes()]
    named = {staff.user_id for staff in found.staff}
    free = [person for person in _invigilators(found) if person.id not in named]
    naming.invigilator.choices = [(person.id, person.name) for person in free]
    naming.room.choices = [("", _("所有考场")), *((room.id, room.name) for room in rooms)]
    if found.booking_opens_at and found.booking_closes_at:
        window.opens_at.data = found.booking_opens_at.astimezone(SHANGHAI)
        window.closes_at.data = found.booking_closes_at.astimezone(SHANGHAI)
    return {
        "roster": roster,
        "naming": naming,
        "window": window,
        "people": PeopleForm(None),
        "rooms": RoomsForm(
            None, data={"rooms": "\n".join(f"{room.name} {room.seats}" for room in rooms)}
        ),
    }


def acted(sitting_id: str, act: Callable[[], object], said: str) -> ResponseReturnValue:
    """Do an act of the office, commit it, and return to the sitting's page with a sentence."""

    def do() -> str:
        act()
        return said

    return do_and_tell(do, url_for(".sitting", sitting_id=sitting_id))


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
    """Name an invigilator for the sitting, or say anew in which of its rooms one stands."""
    found = get_sitting(sitting_id, "exam.build")
    form = InvigilatorForm()
    people = {person.id: person for person in _invigilators(found)}
    form.invigilator.choices = [(key, person.name) for key, person in people.items()]
    form.room.choices = []
    if not form.validate_on_submit():
        flash(_("请从名单里选一位监考员。"), "stop")
        return redirect(url_for(".sitting", sitting_id=found.id))
    person, room_id = people[form.invigilator.data], form.room.data or ""

    def do() -> str:
        staff = invigilators.name(found, person, room_id, actor=the_user(), now=clock.now())
        room = staff.room.name if staff.room else _("所有考场")
        return str(_("已指定监考员 %(name)s：%(room)s。", name=person.name, room=room))

    return do_and_tell(do, url_for(".sitting", sitting_id=sitting_id))


@blueprint.post("/sittings/<sitting_id>/papers")
@needs("exam.build")
def draw_papers(sitting_id: str) -> ResponseReturnValue:
    """Draw the papers that are missing; the worker does the same before the start."""
    found = get_sitting(sitting_id, "exam.build")
    drawn = papers.draw_missing(found, actor=the_user(), now=clock.now())
    db.session.commit()
    flash(_("抽好 %(n)d 份试卷。", n=drawn), "ok")
    return redirect(url_for(".sitting", sitting_id=found.id))


@blueprint.get("/sittings/<sitting_id>/papers/<booking_id>")
@needs("exam.build")
def check_paper(sitting_id: str, booking_id: str) -> ResponseReturnValue:
    """Draw one paper again from its seed and say whether it is the stored one."""
    found = get_sitting(sitting_id, "exam.build")
    row = get_booking(found, booking_id)
    if row.paper is None:
        abort(404)
    return render_template(
        "exams/check_paper.html",
        booking=row,
        sitting=found,
        same=papers.rebuilds(row.paper),
    )
