"""Lists of classes and the acts of those who run them. The class page itself is eligibility's."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from app import clock
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db
from app.formatting import in_english
from app.models.learning import CourseEdition
from app.models.people import District, Organisation, User
from app.models.training import ClassInstructor, Enrolment
from app.permissions import Scope, allows, needs, the_user
from app.training import classes as acts
from app.training import rooms, scope
from app.training import timetable as timetables
from app.training.forms import ClassForm, InstructorForm, options
from app.training.pages import blueprint


@blueprint.get("/classes")
@needs("class.read")
def classes() -> ResponseReturnValue:
    """List the classes within one's reach."""
    on = clock.shanghai_date(clock.now())
    user = the_user()
    rows = db.session.scalars(scope.readable_classes(user, "class.read", on)).all()
    counted = db.session.execute(
        select(Enrolment.class_id, func.count())
        .where(Enrolment.state == "enrolled", Enrolment.class_id.in_([row.id for row in rows]))
        .group_by(Enrolment.class_id)
    )
    return render_template(
        "training/classes.html",
        rows=rows,
        people=dict(counted.all()),
        districts={row.code: row for row in db.session.scalars(select(District))},
        may_open=allows(user, "class.manage"),
        on=on,
    )


@blueprint.route("/classes/new", methods=["GET", "POST"])
@needs("class.manage")
def new_class() -> ResponseReturnValue:
    """Open a class."""
    form = ClassForm()
    bodies = _fill(form, the_user())
    status = 200
    if form.validate_on_submit():
        body = bodies[form.organisation.data]
        reach = Scope(district=form.district.data, organisation=body.id)
        if allows(the_user(), "class.manage", reach):
            try:
                return _open(form, body)
            except Refusal as refusal:
                db.session.rollback()
                form.form_errors.append(refusal.sentence)
        else:
            form.district.errors = [_("你的角色管不到这个区的班，请选你管的区。")]
    if form.is_submitted():
        status = 400
    return render_template("training/new_class.html", form=form), status


@blueprint.post("/classes/<class_id>/joining")
@needs("class.manage")
def joining_switch(class_id: str) -> ResponseReturnValue:
    """Open or close a class for joining, as the button said: a second click changes nothing."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.manage", class_id, clock.shanghai_date(now))
    wanted = request.form.get("open")
    if wanted not in {"0", "1"}:
        abort(400)

    def act() -> str:
        acts.set_joining(found, opened=wanted == "1", actor=user, now=now)
        return str(_("现在可以凭码进班。") if found.open else _("不再收学员。已经在班的不受影响。"))

    return do_and_tell(act, _page_of(class_id))


@blueprint.post("/classes/<class_id>/timetable")
@needs("class.manage")
def timetable(class_id: str) -> ResponseReturnValue:
    """Make the half days, in one room where one was chosen."""
    now, user = clock.now(), the_user()
    found = scope.find_class(user, "class.manage", class_id, clock.shanghai_date(now))

    def act() -> str:
        offered = {room.id: room for room in rooms.rooms_of([found.organisation_id])}
        room = offered.get(request.form.get("room", ""))
        made = timetables.make_timetable(found, actor=user, now=now, room=room)
        hours = sum(one.minutes for one in made) // timetables.MINUTES_PER_CLASS_HOUR
        return str(_("排好了 %(n)s 个半天，共 %(hours)s 课时。", n=len(made), hours=hours))

    return do_and_tell(act, _page_of(class_id))


@blueprint.post("/classes/<class_id>/instructors")
@needs("class.manage")
def name_instructor(class_id: str) -> ResponseReturnValue:
    """Name an instructor of record."""
    now, user = clock.now(), the_user()
    on = clock.shanghai_date(now)
    found = scope.find_class(user, "class.manage", class_id, on)
    people = {person.id: person for person in acts.possible_instructors(found)}
    form = InstructorForm()
    form.person.choices = options((person.id, person.name) for person in people.values())

    def act() -> str:
        if not form.validate():
            raise acts.ClassRefused(_("请在名单里选一位教师。"))
        person = people[form.person.data]
        acts.name_instructor(found, person, on=on, actor=user, now=now)
        return str(_("%(name)s是这个班的任课教师了。", name=person.name))

    return do_and_tell(act, _page_of(class_id))


@blueprint.post("/classes/<class_id>/instructors/<row_id>/end")
@needs("class.manage")
def end_instructor(class_id: str, row_id: str) -> ResponseReturnValue:
    """Take an instructor of record off from today on."""
    now, user = clock.now(), the_user()
    on = clock.shanghai_date(now)
    found = scope.find_class(user, "class.manage", class_id, on)
    row = db.session.get(ClassInstructor, row_id)
    if row is None or row.class_id != found.id:
        abort(404)

    def act() -> str:
        acts.end_instructor(row, on=on, actor=user, now=now)
        return str(_("%(name)s今天起不再任课。教过的记录保留。", name=row.user.name))

    return do_and_tell(act, _page_of(class_id))


def _page_of(class_id: str) -> str:
    return url_for("training.training_class", class_id=class_id)


def _open(form: ClassForm, body: Organisation) -> ResponseReturnValue:
    starts_on, ends_on, capacity = form.starts_on.data, form.ends_on.data, form.capacity.data
    assert starts_on and ends_on and capacity  # noqa: S101, PT018 — validated
    plan = acts.ClassPlan(
        title=str(form.title.data).strip(),
        organisation=body,
        district_code=form.district.data,
        edition=db.session.get_one(CourseEdition, form.edition.data),
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        plan=(form.plan.data or "").replace("\r\n", "\n").strip(),
    )
    row = acts.open_class(plan, actor=the_user(), now=clock.now())
    db.session.commit()
    return redirect(_page_of(row.id))


def _fill(form: ClassForm, user: User) -> dict[str, Organisation]:
    """Offer what the person may choose; returns the training bodies by id."""
    bodies = db.session.scalars(
        select(Organisation).where(Organisation.kind == "training_body").order_by(Organisation.name)
    )
    mine = {
        body.id: body
        for body in bodies
        if allows(user, "class.manage", Scope(district=body.district_code, organisation=body.id))
    }
    districts = db.session.scalars(select(District).order_by(District.code))
    editions = db.session.scalars(select(CourseEdition).order_by(CourseEdition.updated_at.desc()))
    if not form.is_submitted() and mine:
        # A class is nearly always in its body's own district, and numbers of certificates follow it.
        form.district.data = next(iter(mine.values())).district_code
    english = in_english()
    form.organisation.choices = options(
        (body.id, (english and body.name_en) or body.name) for body in mine.values()
    )
    form.district.choices = options(
        (row.code, row.name_en if english else row.name) for row in districts
    )
    form.edition.choices = options(
        (row.id, f"{row.title_en if english else row.title} {row.edition}") for row in editions
    )
    return mine
