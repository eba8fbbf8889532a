"""Enrolling a group from a sheet: upload, look through, take all good ones or none, hand out links."""

from __future__ import annotations

import csv
import io

from flask import (
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import audit, clock
from app.acting import do_and_tell
from app.config import Settings
from app.errors import Refusal
from app.extensions import db, may_write, outside_transaction
from app.formatting import mask_phone
from app.models.classes import ClassInvitation, PeopleImport
from app.permissions import needs, the_user
from app.saying import said
from app.training import group_enrolling, importing, invitations, joining
from app.training.forms import CATEGORIES
from app.training.import_forms import PeopleForm
from app.training.pages import blueprint
from app.training.people_judging import ImportRefused
from app.training.people_sheet import Read, read_people
from app.training.people_template import template
from question_bank.readers.sheets import TableRefusedError, escape

MOST_BYTES = 10 * 1024 * 1024
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/enrol-group")
@needs("class.enrol")
def group_enrolment() -> ResponseReturnValue:
    """List the classes into which one may enrol a group."""
    on = clock.shanghai_date(clock.now())
    rows = group_enrolling.open_classes(the_user(), on)
    return render_template("training/group_enrolment.html", rows=rows)


@blueprint.get("/enrol-group/template.xlsx")
@needs("class.enrol")
def people_template() -> ResponseReturnValue:
    """Give the empty list."""
    response = Response(template(), content_type=EXCEL)
    response.headers["Content-Disposition"] = 'attachment; filename="people.xlsx"'
    return response


@blueprint.route("/enrol-group/<class_id>", methods=["GET", "POST"])
@needs("class.enrol")
def import_people(class_id: str) -> ResponseReturnValue:
    """Read a sheet; nobody is enrolled here."""
    user, now = the_user(), clock.now()
    found, reach = group_enrolling.get_class(user, class_id)
    form = PeopleForm()
    if form.validate_on_submit():
        name = (form.file.data.filename or "") if form.file.data else ""
        read = _read(form)
        if read is not None:
            found, reach = group_enrolling.get_class(the_user(), class_id)
            row = importing.begin(
                found,
                read,
                file_name=name,
                default_category=form.category.data,
                reach=reach,
                actor=the_user(),
                now=now,
            )
            db.session.commit()
            return redirect(url_for("training.imported_people", import_id=row.id))
    page = render_template(
        "training/import_people.html",
        training_class=found,
        reach=reach,
        form=form,
        free=joining.free_places(found, now),
        recent=importing.own_imports(found.id, user),
        waiting=invitations.waiting_for(found.id, now) if reach.via != "employer" else [],
    )
    return page, 400 if form.is_submitted() else 200


def _read(form: PeopleForm) -> Read | None:
    """Return the people of the file that was sent, or put the sentence into the form."""
    sent = form.file.data
    data = sent.read(MOST_BYTES + 1) if sent else b""
    if not data:
        form.file.errors = [_("请选一个文件。")]
        return None
    if len(data) > MOST_BYTES:
        form.file.errors = [_("文件超过 10 MB，没有读。名单不会这么大，请检查是不是选错了。")]
        return None
    outside_transaction()
    try:
        return read_people(data, sent.filename or "")
    except TableRefusedError as refused:
        form.file.errors = [said(str(refused))]
        return None


@blueprint.get("/enrol-group/lists/<import_id>")
@needs("class.enrol")
def imported_people(import_id: str) -> ResponseReturnValue:
    """Show what was read and what would become of each person."""
    row, now = _own(import_id), clock.now()
    if row.state != importing.READY:
        return render_template("training/import_ended.html", batch=row)
    _found, reach = group_enrolling.get_class(the_user(), row.class_id)
    free = joining.free_places(row.training_class, now)
    return render_template(
        "training/import_preview.html",
        batch=row,
        sorted=importing.sort(row, now),
        reach=reach,
        free=max(0, free),
        categories=dict(CATEGORIES),
    )


@blueprint.post("/enrol-group/lists/<import_id>/take")
@needs("class.enrol")
def take_people(import_id: str) -> ResponseReturnValue:
    """Enrol and invite all good ones, or nobody."""
    row = _own(import_id)
    _found, reach = group_enrolling.get_class(the_user(), row.class_id)
    merged = {int(one) for one in request.form.getlist("merge") if one.isdecimal()}
    units = request.form.get("register_units") == "yes"

    def act() -> str:
        try:
            done = importing.take(
                row, reach, merged=merged, register_units=units, actor=the_user(), now=clock.now()
            )
            db.session.flush()
        except IntegrityError:
            raise ImportRefused(_("刚才有人同时在改这个班，什么都没有做。请再按一次。")) from None
        return str(_("已进班 %(n)s 人，发出报名链接 %(m)s 个。", n=done.enrolled, m=done.invited))

    return do_and_tell(act, url_for("training.imported_people", import_id=import_id))


@blueprint.post("/enrol-group/lists/<import_id>/drop")
@needs("class.enrol")
def drop_people(import_id: str) -> ResponseReturnValue:
    """Forget a sheet."""
    row = _own(import_id)

    def act() -> str:
        importing.drop(row, actor=the_user(), now=clock.now())
        return str(_("这份名单已放弃，里面的号码已删除，谁也没有报名。"))

    return do_and_tell(act, url_for("training.import_people", class_id=row.class_id))


@blueprint.get("/enrol-group/<class_id>/links.csv")
@needs("class.enrol")
def enrolment_links(class_id: str) -> ResponseReturnValue:
    """Give the links that have not been used, with names and masked numbers, to hand out."""
    user_id, now = the_user().id, clock.now()
    found, _reach = group_enrolling.get_class(the_user(), class_id)
    may_write()
    rows = [one for one in invitations.waiting_for(class_id, now) if _may_see(one, user_id)]
    audit.record("class_invitation.listed", found, actor=the_user(), now=now, links=len(rows))
    db.session.commit()
    settings: Settings = current_app.config["PEIZHEN"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_("姓名"), _("手机号"), _("单位"), _("报名链接")])
    for one in rows:
        link = url_for("training.enrol", token=invitations.token_of(one))
        phone = mask_phone(invitations.phone_of(one))
        writer.writerow([escape(one.name), phone, escape(one.employer), settings.public_url + link])
    response = make_response(b"\xef\xbb\xbf" + text.getvalue().encode())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="links.csv"'
    return response


@blueprint.post("/enrol-group/<class_id>/links/<row_id>/revoke")
@needs("class.enrol")
def revoke_link(class_id: str, row_id: str) -> ResponseReturnValue:
    """Take back a link that was not used."""
    found, _reach = group_enrolling.get_class(the_user(), class_id)
    row = db.session.get(ClassInvitation, row_id)
    if row is None or row.class_id != found.id or not _may_see(row, the_user().id):
        abort(404)

    def act() -> str:
        try:
            invitations.revoke(row, actor=the_user(), now=clock.now())
        except Refusal as refusal:
            raise ImportRefused(refusal.sentence) from None
        return str(_("%(name)s的报名链接已收回。", name=row.name))

    return do_and_tell(act, url_for("training.import_people", class_id=class_id))


def _may_see(row: ClassInvitation, user_id: str) -> bool:
    """Tell whether somebody may hand out a link: whoever invited, or runs the class."""
    reach = group_enrolling.find_reach(the_user(), row.training_class)
    return row.invited_by_id == user_id or (reach is not None and reach.via != "employer")


def _own(import_id: str) -> PeopleImport:
    row = db.session.get(PeopleImport, import_id)
    if row is None or row.owner_id != the_user().id:
        abort(404)
    return row
