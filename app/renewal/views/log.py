"""The holder's log: adding, proving and taking out entries; their files."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app import audit, blobs, clock
from app.acting import do_and_tell
from app.extensions import db, may_write, outside_transaction
from app.models.awards import Certificate
from app.models.journal import Blob
from app.models.renewal import LearningEntry, PracticeEntry, Renewal
from app.permissions import allows, signed_in, the_user
from app.renewal import evidence, log, reach, wording
from app.renewal.evidence import Proof
from app.renewal.forms import LearningForm, PracticeForm, ProofForm
from app.renewal.log import Learned, Practised
from app.renewal.pages import blueprint
from app.renewal.refusing import RenewalRefused


def received(file: FileStorage | None) -> Proof | None:
    """Prepare a sent file with no transaction open. Raises RenewalRefused."""
    data = file.read() if file else b""
    if data:
        outside_transaction()
    return evidence.prepare(data, "proof")


@blueprint.route("/my/renewal/learning/new", methods=["GET", "POST"])
@signed_in
def add_learning() -> ResponseReturnValue:
    """Write down continuing education."""
    form = LearningForm()
    if form.validate_on_submit():
        try:
            learned = Learned(
                form.category.data,
                form.day.data,
                form.halves,
                form.title.data.strip(),
                form.provider.data.strip(),
            )
            proof = received(form.proof.data)
            log.add_learning(learned, proof, actor=the_user(), now=clock.now())
        except RenewalRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            flash(_("已记下“%(title)s”。", title=learned.title), "ok")
            return redirect(url_for("renewal.mine"))
    elif not form.is_submitted() and request.args.get("category") in wording.CATEGORIES:
        form.category.data = request.args["category"]
    return render_template("renewal/add_learning.html", form=form), _status(form)


@blueprint.route("/my/renewal/practice/new", methods=["GET", "POST"])
@signed_in
def add_practice() -> ResponseReturnValue:
    """Write down accompaniments."""
    form = PracticeForm()
    if form.validate_on_submit():
        try:
            practised = Practised(
                form.day.data, form.visits.data, form.minutes, form.arranged_by.data.strip()
            )
            proof = received(form.proof.data)
            log.add_practice(practised, proof, actor=the_user(), now=clock.now())
        except RenewalRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            flash(_("已记下 %(n)d 次陪诊。", n=practised.visits), "ok")
            return redirect(url_for("renewal.mine"))
    return render_template("renewal/add_practice.html", form=form), _status(form)


@blueprint.route("/my/renewal/<kind>/<entry_id>", methods=["GET", "POST"])
@signed_in
def entry(kind: str, entry_id: str) -> ResponseReturnValue:
    """Show one's own entry; take a proof for it."""
    row, form = _own(kind, entry_id), ProofForm()
    if form.validate_on_submit():
        try:
            gone = log.prove(row, received(form.proof.data), actor=the_user(), now=clock.now())
        except RenewalRefused as refusal:
            db.session.rollback()
            form.show(refusal)
        else:
            db.session.commit()
            _forget(gone)
            flash(_("证明已存好。"), "ok")
            return redirect(url_for("renewal.mine"))
    page = render_template(
        "renewal/entry.html", form=form, which=kind, entry=row, open=_is_open(row)
    )
    return page, _status(form)


@blueprint.post("/my/renewal/<kind>/<entry_id>/remove")
@signed_in
def remove_entry(kind: str, entry_id: str) -> ResponseReturnValue:
    """Take one's own entry out of the log."""
    row, gone = _own(kind, entry_id), list[str]()

    def act() -> str:
        gone.extend(log.remove(row, actor=the_user(), now=clock.now()))
        return str(_("已删掉这一条。"))

    answer = do_and_tell(act, url_for("renewal.mine"))
    _forget(gone)
    return answer


def _forget(gone: list[str]) -> None:
    for blob_id in gone:
        blobs.remove_bytes(blob_id)


@blueprint.get("/renewal/proofs/<kind>/<entry_id>")
@signed_in
def proof(kind: str, entry_id: str) -> ResponseReturnValue:
    """Give out a proof: to its owner, and to who checks the renewal it belongs to."""
    row = _find(kind, entry_id)
    reader = the_user()
    if row.evidence_blob_id is None:
        abort(404)
    if row.user_id != reader.id:
        _refuse_strangers(row.renewal_id)
        may_write()
        audit.record("renewal.proof_read", row, actor=reader, now=clock.now())
        db.session.commit()
    return file_answer(db.session.get_one(Blob, row.evidence_blob_id))


def file_answer(blob: Blob) -> Response:
    """Return a proof: pictures are shown, everything else is only ever downloaded."""
    response = Response(blobs.get(blob), mimetype=blob.media_type)
    way = "inline" if blob.media_type == evidence.JPEG else "attachment"
    response.headers["Content-Disposition"] = f'{way}; filename="{evidence.name_of(blob)}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _refuse_strangers(renewal_id: str | None) -> None:
    renewal = db.session.get(Renewal, renewal_id) if renewal_id else None
    if renewal is None:
        abort(404)
    certificate = db.session.get_one(Certificate, renewal.certificate_id)
    if not allows(the_user(), "award.read", reach.scope_of(certificate)):
        abort(404)


def _find(kind: str, entry_id: str) -> LearningEntry | PracticeEntry:
    row: LearningEntry | PracticeEntry | None = None
    if kind == "learning":
        row = db.session.get(LearningEntry, entry_id)
    elif kind == "practice":
        row = db.session.get(PracticeEntry, entry_id)
    if row is None:
        abort(404)
    return row


def _own(kind: str, entry_id: str) -> LearningEntry | PracticeEntry:
    row = _find(kind, entry_id)
    if row.user_id != the_user().id:
        abort(404)
    return row


def _is_open(row: LearningEntry | PracticeEntry) -> bool:
    try:
        log.refuse_unless_open(row)
    except RenewalRefused:
        return False
    return True


def _status(form: LearningForm | PracticeForm | ProofForm) -> int:
    return 400 if form.is_submitted() else 200
