"""What comes after the certificate, in the demonstration: a log begun, a request, the directory.

Also a hospital's key and three certificates from before the system. Written by the verbs, once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts import consents
from app.clock import shanghai_date
from app.demo.accounts import person
from app.demo.portrait import portrait
from app.directory import keeping
from app.directory.keeping import Entry
from app.earlier import bringing_in
from app.extensions import db
from app.hospitals import keys
from app.models.awards import Certificate
from app.models.hospitals import EarlierImport, HospitalKey
from app.models.people import Organisation
from app.models.renewal import LearningEntry
from app.renewal import correcting, evidence, log
from app.renewal.correcting import Wanted
from app.renewal.log import Learned, Practised

PRICES = (
    ("门诊陪诊（半天）", 19800, "half_day"),
    ("全天陪诊", 36000, "day"),
    ("代取药", 5000, "visit"),
)
SHEET = (
    "证书编号,姓名,证书名称,发证单位,发证日期,有效期至,工作单位\n"
    "JP-2024-001,苏禾,陪诊师培训合格证书,江畔示例养老服务协会,2024-03-20,2027-03-19,示例护理院\n"
    "JP-2024-002,陶宁,陪诊师培训合格证书,江畔示例养老服务协会,2024-03-20,2027-03-19,\n"
    "JP-2023-017,秦朗,陪诊师培训合格证书,江畔示例养老服务协会,2023-06-01,2026-05-31,\n"
)


def go_on(now: datetime) -> None:
    """Write what is missing; the caller commits."""
    _log(now)
    _directory(now)
    _hospital(now)
    _earlier(now)


def _log(now: datetime) -> None:
    holder, today = person("holder"), shanghai_date(now)
    if db.session.scalar(select(LearningEntry.id).where(LearningEntry.user_id == holder.id)):
        return
    proof = evidence.prepare(portrait("holder"), "proof")
    for category, halves, title, shown in (
        ("law", 3, "养老服务条例解读", proof),
        ("cpr", 4, "心肺复苏复训（徒手部分）", None),
    ):
        learned = Learned(category, today, halves, title, "江畔示例培训中心")
        log.add_learning(learned, shown, actor=holder, now=now)
    log.add_practice(Practised(today, 2, 390, "示例护理院"), None, actor=holder, now=now)
    certificate = db.session.scalars(
        select(Certificate).where(Certificate.user_id == holder.id)
    ).one()
    wanted = Wanted("spoilt", "", "", "证书淋湿了，二维码扫不出来。")
    correcting.ask(certificate, wanted, None, actor=holder, now=now)
    consents.give(holder, "register_public", actor=holder, now=now)


def _directory(now: datetime) -> None:
    manager, today = person("institution"), shanghai_date(now)
    institution = db.session.scalars(
        select(Organisation).where(
            Organisation.kind == "institution", Organisation.name == "示例护理院"
        )
    ).one()
    if keeping.find_page(institution):
        return
    page = keeping.save(
        institution,
        Entry(
            kind="care_institution",
            address="江畔区示例路 8 号",
            phone="021-00000000",
            hours="周一到周六 7:00–17:00",
            insurer="示例保险公司",
            insurance_kind="both",
            insured_until=today + timedelta(days=200),
            published=True,
        ),
        actor=manager,
        now=now,
    )
    db.session.flush()
    for service, fen, unit in PRICES:
        keeping.add_price(page, service, fen, unit, actor=manager, now=now)
        db.session.flush()


def _hospital(now: datetime) -> None:
    if db.session.scalar(select(HospitalKey.id)) is None:
        until = shanghai_date(now) + timedelta(days=365)
        use = "门诊导医台系统，信息科负责"
        keys.issue(
            "江畔示例医院", use, ("status", "dates"), until, actor=person("registrar"), now=now
        )


def _earlier(now: datetime) -> None:
    if db.session.scalar(select(EarlierImport.id)) is None:
        data, registrar = SHEET.encode(), person("registrar")
        _done, sha256 = bringing_in.try_out(data, now)
        source = "2023、2024年发证登记簿（演示）"
        bringing_in.bring_in(data, sha256, "名册.csv", source, actor=registrar, now=now)
