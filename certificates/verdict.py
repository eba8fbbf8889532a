"""What to tell a family that scans a certificate: one status at one moment, with its words.

A pure function of the dated ledger of changes, the validity and the time. Deliberately does
not say whether a certificate is genuine (that is the register's or the signature's to say)
and does not decide who may change a status.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Standing(StrEnum):
    """What the association last did with a certificate; stored in the ledger."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class Status(StrEnum):
    """What the public is told; never stored, always worked out for the moment."""

    VALID = "valid"
    DUE = "due"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REPLACED = "replaced"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class StatusChange:
    """One line of the ledger: from `effective` (aware) on, the certificate stands so.

    `until` is the last Shanghai day of a suspension that was given an end; None leaves it open.
    """

    effective: datetime
    standing: Standing
    until: date | None = None


@dataclass(frozen=True)
class Verdict:
    """A status in words, shape and sign.

    `zh` is the term of the glossary, `word_zh` and `en` stand large on the page. `tone`
    (ok, wait, stop, info, mute) and `shape` (circle, octagon, square, pill, diamond) follow
    the design guide; `icon` is a name of the sprite. `since` is the Shanghai date the status
    began, where there is one.
    """

    code: Status
    zh: str
    word_zh: str
    en: str
    sentence_zh: str
    sentence_en: str
    tone: str
    shape: str
    icon: str
    since: date | None = None

    @property
    def may_serve(self) -> bool:
        """Tell whether the holder may work as a practitioner on this certificate."""
        return self.code is Status.VALID


_WORDING = {
    v.code: v
    for v in (
        Verdict(
            Status.VALID,
            "有效",
            "有效",
            "Valid",
            "这张证书现在有效。请看照片和姓名是不是您面前这个人。",
            "This certificate is valid now. Check that the photo and the name are those of "
            "the person in front of you.",
            "ok",
            "circle",
            "check",
        ),
        Verdict(
            Status.DUE,
            "待续期",
            "待续期",
            "Renewal due",
            "这张证书已过有效期，还没有续期，现在不算有效。请另找证书有效的陪诊师。",
            "This certificate has run out and is not renewed yet, so it does not count as valid "
            "now. Ask for a practitioner whose certificate is valid.",
            "wait",
            "octagon",
            "clock",
        ),
        Verdict(
            Status.SUSPENDED,
            "暂停",
            "已暂停",
            "Suspended",
            "这张证书已暂停，持证人现在不能以陪诊师身份提供服务。请让派单机构换一位陪诊师。",
            "This certificate is suspended. The holder may not work as a practitioner now. "
            "Ask the institution to send somebody else.",
            "wait",
            "octagon",
            "pause",
        ),
        Verdict(
            Status.CANCELLED,
            "注销",
            "已注销",
            "Cancelled",
            "这张证书已注销，不能再使用。请不要凭它接受陪诊服务。",
            "This certificate is cancelled and may no longer be used. Do not accept service on "
            "the strength of it.",
            "stop",
            "square",
            "x",
        ),
        Verdict(
            Status.WITHDRAWN,
            "撤销",
            "已撤销",
            "Withdrawn",
            "这张证书已被协会撤销，持证人不能以陪诊师身份提供服务。如仍有人使用，请告诉协会。",
            "The association has withdrawn this certificate. The holder may not work as a "
            "practitioner. If it is still being used, tell the association.",
            "stop",
            "square",
            "x",
        ),
        Verdict(
            Status.EXPIRED,
            "过期",
            "已过期",
            "Expired",
            "这张证书已过期，也过了续期的时间，不能再使用。请另找证书有效的陪诊师。",
            "This certificate has expired and the time to renew it is over. Ask for a "
            "practitioner whose certificate is valid.",
            "stop",
            "square",
            "clock",
        ),
        Verdict(
            Status.REPLACED,
            "已更换",
            "已更换",
            "Replaced",
            "这张证书已换成新证书，以新证书为准。请让持证人出示新证书，再扫一次。",
            "This certificate has been replaced by a new one, and the new one counts. Ask the "
            "holder to show it, and scan again.",
            "info",
            "pill",
            "right",
        ),
        Verdict(
            Status.NOT_FOUND,
            "查不到",
            "查不到",
            "Not found",
            "我们的登记里没有这张证书。请先不要当作有效证书。",
            "Our register does not hold this certificate. Do not treat it as valid.",
            "mute",
            "diamond",
            "question",
        ),
    )
}

NOT_FOUND = _WORDING[Status.NOT_FOUND]
_FINAL = {
    Standing.CANCELLED: Status.CANCELLED,
    Standing.WITHDRAWN: Status.WITHDRAWN,
    Standing.REPLACED: Status.REPLACED,
}


def verdict(
    changes: Sequence[StatusChange],
    *,
    valid_from: date,
    valid_until: date | None,
    grace: timedelta,
    now: datetime,
) -> Verdict:
    """Work out what a certificate is at the moment `now` (aware; dates are Shanghai's).

    The last change that has taken effect counts; of two at the same instant the later in
    `changes`. A certificate without a change is in force, and so is one whose suspension has
    seen its last day. Both `valid_from` and `valid_until`
    belong to the validity; `grace` follows it. Suspending does not stop the clock: a
    suspended certificate whose grace is over has expired. Before `valid_from` it is not
    published yet, so the answer is the one for unknown addresses.
    """
    today = now.astimezone(SHANGHAI).date()
    if today < valid_from:
        return NOT_FOUND
    standing, since = _standing(changes, now)
    if standing in _FINAL:
        return replace(_WORDING[_FINAL[standing]], since=since)
    if valid_until is not None and today > valid_until + grace:
        return replace(_WORDING[Status.EXPIRED], since=valid_until + timedelta(days=1))
    if standing is Standing.SUSPENDED:
        return replace(_WORDING[Status.SUSPENDED], since=since)
    if valid_until is not None and today > valid_until:
        return replace(_WORDING[Status.DUE], since=valid_until + timedelta(days=1))
    return replace(_WORDING[Status.VALID], since=valid_from)


def wording(code: Status) -> Verdict:
    """Return the words, shape and sign of a status, for lists and legends."""
    return _WORDING[code]


def _standing(changes: Sequence[StatusChange], now: datetime) -> tuple[Standing, date | None]:
    last: StatusChange | None = None
    for change in changes:
        # A change dated in the future is already in the ledger but not yet true.
        if change.effective <= now and (last is None or change.effective >= last.effective):
            last = change
    if last is None or _is_over(last, now.astimezone(SHANGHAI).date()):
        return Standing.IN_FORCE, None
    return last.standing, last.effective.astimezone(SHANGHAI).date()


def _is_over(change: StatusChange, today: date) -> bool:
    """Tell whether a suspension has seen its last day; nothing else ends by itself."""
    if change.standing is not Standing.SUSPENDED or change.until is None:
        return False
    return today > change.until
