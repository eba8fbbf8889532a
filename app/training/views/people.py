"""One enrolled person as the training body keeps them; and the certificates one states oneself."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.acting import do_and_tell
from app.errors import Refusal
from app.extensions import db
from app.models.classes import OtherCertificate
from app.models.people import Affiliation, Organisation
from app.models.training import Enrolment
from app.permissions import needs, signed_in, the_user
from app.training import enrolling, scope
from app.training.forms import options
from app.training.pages import blueprint
from app.training.person_forms import CertificateForm, DetailsForm, EmployerForm


@blueprint.route("/classes/<class_id>/people/<enrolment_id>", methods=["GET", "POST"])
@needs("class.manage")
def enrolment(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Show and change what is kept of somebody in a class."""
    row, now = _enrolment(class_id, enrolment_id), clock.now()
    form = DetailsForm(obj=row)
    if form.validate_on_submit():
        new = enrolling.change(row, form.details(), actor=the_user(), now=now)
        db.session.commit()
        flash(_("已保存。") if new else _("没有变化。"), "ok" if new else "info")
        return redirect(_back(row))
    page = render_template(
        "training/enrolment.html",
        training_class=row.training_class,
        enrolment=row,
        form=form,
        employer_form=_employer_form(),
        affiliations=enrolling.affiliations(row.user),
        certificates=enrolling.certificates_of(row.user),
        on=clock.shanghai_date(now),
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/classes/<class_id>/people/<enrolment_id>/employer")
@needs("class.manage")
def add_employer(class_id: str, enrolment_id: str) -> ResponseReturnValue:
    """Note whom somebody works for."""
    row, form = _enrolment(class_id, enrolment_id), _employer_form()

    def act() -> str:
        if not form.validate() or form.starts_on.data is None:
            raise enrolling.DetailsRefused(_("请选单位，并填开始日期，如 2026-03-01。"))
        employer = db.session.get_one(Organisation, form.employer.data)
        enrolling.affiliate(
            row.user, employer, form.starts_on.data, actor=the_user(), now=clock.now()
        )
        return str(
            _("记下了：%(name)s在%(employer)s。", name=row.user.name, employer=employer.name)
        )

    return do_and_tell(act, _back(row))


@blueprint.post("/classes/<class_id>/people/<enrolment_id>/employer/<row_id>/end")
@needs("class.manage")
def end_employer(class_id: str, enrolment_id: str, row_id: str) -> ResponseReturnValue:
    """Note that somebody works there no longer, from today on."""
    row, found = _enrolment(class_id, enrolment_id), db.session.get(Affiliation, row_id)
    if found is None or found.user_id != row.user_id:
        abort(404)

    def act() -> str:
        now = clock.now()
        enrolling.end_affiliation(found, clock.shanghai_date(now), actor=the_user(), now=now)
        return str(
            _("从今天起不再是%(employer)s的人，以前的记录保留。", employer=found.organisation.name)
        )

    return do_and_tell(act, _back(row))


@blueprint.route("/my-class/certificates", methods=["GET", "POST"])
@signed_in
def other_certificates() -> ResponseReturnValue:
    """List and state one's certificates of other bodies."""
    form = CertificateForm()
    if form.validate_on_submit():
        try:
            enrolling.state_certificate(
                the_user(), form.stated(), actor=the_user(), now=clock.now()
            )
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            db.session.commit()
            flash(_("已登记，标明“未核实”。"), "ok")
            return redirect(url_for("training.other_certificates"))
    page = render_template(
        "training/other_certificates.html",
        form=form,
        certificates=enrolling.certificates_of(the_user()),
    )
    return page, 400 if request.method == "POST" else 200


@blueprint.post("/my-class/certificates/<row_id>/forget")
@signed_in
def forget_certificate(row_id: str) -> ResponseReturnValue:
    """Take a stated certificate back."""
    row = db.session.get(OtherCertificate, row_id)
    if row is None or row.user_id != the_user().id:
        abort(404)

    def act() -> str:
        title = row.title
        enrolling.forget_certificate(row, actor=the_user(), now=clock.now())
        return str(_("“%(title)s”已删除。", title=title))

    return do_and_tell(act, url_for("training.other_certificates"))


def _enrolment(class_id: str, enrolment_id: str) -> Enrolment:
    on = clock.shanghai_date(clock.now())
    found = scope.find_class(the_user(), "class.manage", class_id, on)
    row = db.session.get(Enrolment, enrolment_id)
    if row is None or row.class_id != found.id:
        abort(404)
    return row


def _employer_form() -> EmployerForm:
    form = EmployerForm()
    named = ((one.id, one.name) for one in enrolling.employers())
    form.employer.choices = options([("", _("请选")), *named])
    return form


def _back(row: Enrolment) -> str:
    return url_for("training.enrolment", class_id=row.class_id, enrolment_id=row.id)
