"""A suspended certificate, its holder's right to reply, and three complaints at three stages."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from app.complaints import filing, handling
from app.complaints.filing import Told
from app.demo.accounts import person
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import Complaint

OLDER = Told(
    "person",
    "门诊大厅有人自称陪诊师，证书上的网址打不开，要先交 200 元。",
    about="姓名不详，在门诊大厅揽客",
    contact="13900000066",
)
CALL = Told("money", "", about="示例护理院派来的人", contact="13900000055", call_back=True)
SERIOUS = Told(
    "safety",
    "下楼时让老人自己走，老人差点摔倒。家里人在楼下看到的。",
    contact="13900000044",
)


def complain(now: datetime) -> None:
    """File the complaints and suspend the certificate one of them is about, unless there are some."""
    if db.session.scalar(select(Complaint.id).limit(1)) is not None:
        return
    certifier, registrar = person("certifier"), person("registrar")
    older = _file(OLDER, None, now - timedelta(days=16))
    later = now - timedelta(days=15)
    handling.accept(older, actor=registrar, now=later)
    handling.note(older, "打电话问了医院保卫科，已经劝离。", actor=registrar, now=later)
    handling.answer(
        older,
        "这个人没有协会的证书。我们已告诉医院，并提醒各派单机构。谢谢您。",
        actor=registrar,
        now=now - timedelta(days=12),
    )
    handling.close(
        older, "not_ours", "转医院保卫科。", actor=registrar, now=now - timedelta(days=12)
    )
    _file(CALL, None, now - timedelta(days=1))
    certificate = db.session.scalars(
        select(Certificate).where(Certificate.user_id == person("paused").id)
    ).one()
    serious = _file(SERIOUS, certificate, now)
    handling.accept(serious, actor=registrar, now=now)
    handling.act_on(
        serious,
        "suspended",
        reason_code="safety",
        reason="家属投诉下楼时没有看护老人，正在核实。",
        until=None,
        actor=certifier,
        now=now,
    )


def _file(told: Told, certificate: Certificate | None, at: datetime) -> Complaint:
    return filing.file(told, certificate, [], nonce=secrets.token_hex(16), network="", now=at)
