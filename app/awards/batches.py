"""Many at once: one person's act on the proposals of a class, or on many certificates.

What is to be done is written down here, person by person, with those who may not and why; the
worker does it (`batch_issuing.py`, `batch_ending.py`). One that may not never stops the others. A
batch that stopped is gone on with where it stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app import audit, jobs
from app.awards import contents, weighing
from app.awards.refusals import AwardRefused
from app.awards.weighing import Weighed
from app.extensions import db
from app.models.awards import Certificate, Decision
from app.models.bulk import Batch, BatchItem
from app.models.journal import Job
from app.models.people import User
from app.models.training import Enrolment, TrainingClass

ISSUE_JOB, END_JOB = "awards.issue_many", "awards.end_many"
ISSUE, TRIAL, WITHDRAW = "issue", "trial", "withdraw"
MOST = 2000
"""People in one batch: a class has 130; a year's register is not withdrawn by one click."""


@dataclass(frozen=True)
class Shown:
    """One line of a batch as it is shown and written to the result file."""

    item: BatchItem
    name: str
    number: str
    sha256: str


@dataclass(frozen=True)
class Preview:
    """One person before a class is issued: what of them is printed, or the obstacle."""

    weighed: Weighed
    user: User
    photo: bool


def proposals(training_class: TrainingClass) -> list[Decision]:
    """Return the proposals of a class that wait for the decision, in the order of enrolment."""
    rows = db.session.scalars(
        _proposed(training_class)
        .options(
            selectinload(Decision.user).selectinload(User.identity),
            selectinload(Decision.user).lazyload(User.grants),
        )
        .limit(MOST)
    )
    return list(rows.unique())


def _proposed(training_class: TrainingClass) -> Select[Decision]:
    return (
        select(Decision)
        .join(Enrolment, Enrolment.id == Decision.enrolment_id)
        .where(Enrolment.class_id == training_class.id, Decision.state == "proposed")
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    )


def weighed(training_class: TrainingClass, *, actor: User, now: datetime) -> list[Weighed]:
    """Return the proposals of a class, each with the reason why it may not be granted now."""
    found = proposals(training_class)
    ids = {one.enrolment_id for one in found}
    _rows = db.session.scalars(select(Enrolment).where(Enrolment.id.in_(ids))).unique().all()
    return weighing.weigh(found, actor=actor, now=now)


def begin(training_class: TrainingClass, kind: str, *, actor: User, now: datetime) -> Batch:
    """Decide to issue the certificates of a class, or to try it without keeping anything.

    Each is weighed by the worker, when it comes to them, as it was for the preview. Raises
    AwardRefused when nobody is proposed, or a batch of the class is running.
    """
    db.session.execute(
        select(TrainingClass.id).where(TrainingClass.id == training_class.id).with_for_update()
    )
    if running(training_class) is not None:
        raise AwardRefused(_("这个班有一批正在做，没有再开始。请等它做完，或先停下它。"))
    found = db.session.scalars(
        _proposed(training_class).with_only_columns(Decision.id).limit(MOST)
    ).all()
    if not found:
        raise AwardRefused(_("没有开始：这个班没有等待决定的人。"))
    batch = _open(Batch(kind=kind, class_id=training_class.id), actor=actor, now=now)
    for place, one in enumerate(found, 1):
        _add(batch, place, one)
    audit.record("batch.begun", batch, actor=actor, now=now, kind=kind, people=len(found))
    return _at_work(batch, ISSUE_JOB, actor=actor, now=now)


def begin_ending(
    certificates: Sequence[tuple[Certificate, str]],
    status: str,
    *,
    reason_code: str,
    reason: str,
    actor: User,
    now: datetime,
) -> Batch:
    """Decide to withdraw or cancel certificates; each brings why it may not be, or an empty text.

    Raises AwardRefused without a reason, or when none of them may be ended.
    """
    if not reason.strip():
        raise AwardRefused(_("请写明理由，会告诉持证人，也会留在登记里。"))
    if all(why for _certificate, why in certificates):
        raise AwardRefused(_("没有开始：里面没有现在可以改动的证书，原因写在各张后面。"))
    batch = Batch(
        kind=WITHDRAW, status=status, reason_code=reason_code, reason=reason.strip()[:300]
    )
    _open(batch, actor=actor, now=now)
    for place, (certificate, why) in enumerate(certificates[:MOST], 1):
        _add(batch, place, certificate.decision_id, certificate_id=certificate.id, why=why)
    audit.record(
        "batch.begun", batch, actor=actor, now=now, kind=WITHDRAW, people=len(certificates)
    )
    return _at_work(batch, END_JOB, actor=actor, now=now)


def running(training_class: TrainingClass) -> Batch | None:
    """Return the batch of a class whose job waits or runs."""
    rows = db.session.scalars(
        select(Batch).where(Batch.class_id == training_class.id, Batch.state == "running")
    )
    return next((row for row in rows if is_at_work(row)), None)


def is_at_work(batch: Batch) -> bool:
    """Tell whether the worker has this batch in hand or will take it."""
    job = db.session.get(Job, batch.job_id) if batch.job_id else None
    return batch.state == "running" and job is not None and job.state in {"waiting", "running"}


def stop(batch: Batch, *, actor: User, now: datetime) -> None:
    """Stop a batch after the few in hand; what is done stays done. Raises AwardRefused."""
    job = db.session.get(Job, batch.job_id) if batch.job_id else None
    if job is None or not jobs.cancel(job, actor=actor, now=now):
        raise AwardRefused(_("这一批已经停了，没有再改动。"))
    batch.state, batch.finished_at = "stopped", now
    batch.trouble = _("%(name)s停下了。", name=actor.name)
    audit.record("batch.stopped", batch, actor=actor, now=now)


def go_on(batch: Batch, *, actor: User, now: datetime) -> None:
    """Go on with a batch that stopped. Only who decided it: the certificates carry their decision.

    Raises AwardRefused.
    """
    batch = db.session.scalars(
        select(Batch)
        .where(Batch.id == batch.id)
        .with_for_update(of=Batch)
        .execution_options(populate_existing=True)
    ).one()
    if is_at_work(batch) or not counts(batch)["waiting"]:
        raise AwardRefused(_("这一批没有要接着做的。"))
    if batch.made_by_id != actor.id:
        raise AwardRefused(_("这一批是别人决定的，要由他本人接着做；你可以另外开始一批。"))
    batch.state, batch.finished_at, batch.trouble = "running", None, ""
    audit.record("batch.resumed", batch, actor=actor, now=now)
    kind = END_JOB if batch.kind == WITHDRAW else ISSUE_JOB
    _at_work(batch, kind, actor=actor, now=now)


def of_class(training_class: TrainingClass) -> list[Batch]:
    """Return what was done to a class together, newest first."""
    query = select(Batch).where(Batch.class_id == training_class.id)
    return list(db.session.scalars(query.order_by(Batch.made_at.desc()).limit(20)))


def preview(training_class: TrainingClass, *, actor: User, now: datetime) -> list[Preview]:
    """Return of everybody proposed what would be printed, or why nothing would."""
    found = weighed(training_class, actor=actor, now=now)
    agreed = contents.consenting(one.decision.user_id for one in found)
    return [
        Preview(
            one,
            one.decision.user,
            photo=one.decision.user_id in agreed and one.decision.user.photo_blob_id is not None,
        )
        for one in found
    ]


def counts(batch: Batch) -> Counter[str]:
    """Return how many lines of a batch stand in each state."""
    rows = db.session.execute(
        select(BatchItem.state, func.count(BatchItem.id))
        .where(BatchItem.batch_id == batch.id)
        .group_by(BatchItem.state)
    )
    return Counter(dict(rows.all()))


def lines(batch: Batch) -> list[Shown]:
    """Return the lines of a batch in their order, with names and numbers."""
    rows = db.session.execute(
        select(BatchItem, User.name, Certificate.number, Certificate.pdf_sha256)
        .join(Decision, Decision.id == BatchItem.decision_id)
        .join(User, User.id == Decision.user_id)
        .outerjoin(Certificate, Certificate.id == BatchItem.certificate_id)
        .where(BatchItem.batch_id == batch.id)
        .order_by(BatchItem.place)
    )
    return [Shown(item, name, number or "", sha or "") for item, name, number, sha in rows]


def _open(batch: Batch, *, actor: User, now: datetime) -> Batch:
    batch.made_by_id, batch.made_at, batch.state = actor.id, now, "running"
    db.session.add(batch)
    db.session.flush()
    return batch


def _add(
    batch: Batch, place: int, decision_id: str, *, certificate_id: str | None = None, why: str = ""
) -> None:
    db.session.add(
        BatchItem(
            batch_id=batch.id,
            place=place,
            decision_id=decision_id,
            certificate_id=certificate_id,
            state="skipped" if why else "waiting",
            why=why[:400],
        )
    )


def _at_work(batch: Batch, kind: str, *, actor: User, now: datetime) -> Batch:
    batch.job_id = jobs.enqueue(kind, {"batch": batch.id}, owner=actor, now=now).id
    return batch
