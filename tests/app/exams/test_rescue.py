"""Answers from a device's encrypted file: taken in once, under their own numbers; forged ones not."""

from __future__ import annotations

import base64
import io
import json
import os
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import select
from time_machine import Traveller

from app.exams import invigilators, rescue, rostering
from app.extensions import db
from app.models.exams import AnswerEvent
from app.models.journal import AuditLine
from app.models.people import Role, User
from tests import factories
from tests.app.exams.hall import MINUTES, NOON, Hall, Sat, change

pytestmark = pytest.mark.rows


def sealed(attempt_id: str, changes: list[Any], key: bytes, epoch: int = 1) -> str:
    """Return a file as the answering page writes it."""
    return sealed_text(attempt_id, json.dumps({"changes": changes}).encode(), key, epoch)


def sealed_text(attempt_id: str, plain: bytes, key: bytes, epoch: int = 1) -> str:
    """Return a file with anything in it, sealed as a page's would be."""
    head = f"{rescue.HEAD}\n{attempt_id}.{epoch}"
    nonce = os.urandom(12)
    body = nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, head.encode())
    return f"{head}\n{base64.b64encode(body).decode()}\n"


def file_of(sat: Sat, *changes: tuple[int, int, Any]) -> str:
    """Return the file of a candidate's device, sealed with the key that its page carries."""
    key = base64.b64decode(sat.data()["rescue"])
    return sealed(sat.attempt_id, [change(*one) for one in changes], key)


def room_beside(hall: Hall) -> Hall:
    """Return another sitting of the same exam, with an invigilator of its own."""
    manager = db.session.get_one(User, hall.manager)
    invigilator = factories.user(Role.INVIGILATOR)
    sitting = rostering.plan(
        hall.sitting.revision,
        district=factories.district(),
        place="303 考场",
        opens_at=NOON,
        late_minutes=20,
        closes_at=NOON + timedelta(hours=1),
        actor=manager,
        now=NOON,
    )
    invigilators.name(sitting, invigilator, actor=manager, now=NOON)
    db.session.commit()
    return Hall(hall.app, manager.id, invigilator.id, hall.certifier, sitting.id)


def take_in(hall: Hall, text: str, status: int = 302) -> str:
    """Upload a file in the room and return the page that says what became of it."""
    browser = hall.browser(hall.invigilator)
    address = f"/exams/rooms/{hall.sitting_id}/rescue"
    reply = browser.send(address, {"file": (io.BytesIO(text.encode()), "answers.peizhen")})
    assert reply.status_code == status, reply.get_data(as_text=True)[:2000]
    return browser.page(address) if status == 302 else reply.get_data(as_text=True)


def test_it_works(hall: Hall, sat: Sat) -> None:
    sat.save((1, 1, "o1"))
    page = take_in(hall, file_of(sat, (2, 1, "o2"), (3, 2, "o1")))
    assert "算数的 2 条" in page
    assert sat.data()["given"] == {"1": "o2", "2": "o1"}
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "attempt.rescued")).one()
    assert (line.actor_id, line.details["stored"]) == (hall.invigilator, 2)


def test_twice_and_by_the_line_as_well(hall: Hall, sat: Sat) -> None:
    text = file_of(sat, (1, 1, "o2"))
    take_in(hall, text)
    take_in(hall, text)
    assert sat.save((1, 1, "o2"))["stored"] == [1]
    assert len(db.session.scalars(select(AnswerEvent)).all()) == 1


def test_pasted(hall: Hall, sat: Sat) -> None:
    text = file_of(sat, (1, 1, "o2")).replace("\n", "\r\n")
    browser = hall.browser(hall.invigilator)
    browser.send(f"/exams/rooms/{hall.sitting_id}/rescue", {"text": f"  {text}"})
    assert sat.data()["given"] == {"1": "o2"}


def test_late_is_late(hall: Hall, sat: Sat, time: Traveller) -> None:
    text = file_of(sat, (1, 1, "o2"))
    time.move_to(NOON + timedelta(minutes=MINUTES + 5))
    page = take_in(hall, text)
    assert "1 条在时间到以后才收" in page
    assert db.session.scalars(select(AnswerEvent)).one().late
    assert hall.attempt().state == "handed_in"


def test_what_is_no_answer_is_said(hall: Hall, sat: Sat) -> None:
    page = take_in(hall, file_of(sat, (1, 1, "o2"), (2, 99, "o1")))
    assert "1 条没有收" in page
    assert "。。" not in page
    assert "第 99 题不在这份试卷上" in page


@pytest.mark.parametrize("place", [0, 40, -3])
def test_changed(hall: Hall, sat: Sat, place: int) -> None:
    lines = file_of(sat, (1, 1, "o2")).splitlines()
    body = bytearray(base64.b64decode(lines[2]))
    body[place] ^= 1
    lines[2] = base64.b64encode(body).decode()
    assert "内容被改动过" in take_in(hall, "\n".join(lines), 400)
    assert db.session.scalars(select(AnswerEvent)).all() == []


@pytest.mark.parametrize(
    "plain", [b"[]", b"null", b"xx", b"\xff\xfe", b"[" * 100_000, b'{"changes": 5}', b"\xd8"]
)
def test_sealed_but_something_else(hall: Hall, sat: Sat, plain: bytes) -> None:
    key = base64.b64decode(sat.data()["rescue"])
    assert "里没有答案" in take_in(hall, sealed_text(sat.attempt_id, plain, key), 400)


def test_one_change_that_is_none(hall: Hall, sat: Sat) -> None:
    page = take_in(hall, file_of(sat, (1, 1, "o2"), (0, 2, "o1")), 400)
    assert "有一条不是答案" in page
    assert "刷新答题页" not in page
    assert db.session.scalars(select(AnswerEvent)).all() == []


def test_of_another_attempt(hall: Hall, sat: Sat) -> None:
    """Somebody's file under somebody else's name does not open."""
    other = hall.started(2)
    text = file_of(sat, (1, 1, "o2")).replace(sat.attempt_id, other.attempt_id)
    assert "内容被改动过" in take_in(hall, text, 400)


def test_of_another_sitting(hall: Hall, sat: Sat) -> None:
    text = file_of(sat, (1, 1, "o2"))
    assert "不是这个考场的考生的" in take_in(room_beside(hall), text, 400)


def test_of_another_system(hall: Hall, sat: Sat) -> None:
    text = sealed(sat.attempt_id, [change(1, 1, "o2")], b"k" * 32)
    assert "不是这个考试系统的文件" in take_in(hall, text, 400)


def test_of_a_device_that_never_was(hall: Hall, sat: Sat) -> None:
    text = sealed(sat.attempt_id, [change(1, 1, "o2")], rescue.key(sat.attempt_id, 7), 7)
    assert "不是这位考生用过的设备存的" in take_in(hall, text, 400)


@pytest.mark.parametrize("text", ["", "hello", "PEIZHEN-RESCUE-1\nx\ny", "PEIZHEN-RESCUE-1\nx.1"])
def test_no_such_file(hall: Hall, text: str) -> None:
    page = take_in(hall, text, 400)
    assert "没有收下" in page


def test_not_whole(hall: Hall, sat: Sat) -> None:
    text = file_of(sat, (1, 1, "o2"))
    assert "没有收下" in take_in(hall, text[: len(text) // 2], 400)
    assert "文件不完整" in take_in(hall, f"{text}!", 400)


def test_more_than_one_delivery(hall: Hall, sat: Sat) -> None:
    many = [(n, 1, f"o{n % 2 + 1}") for n in range(1, 402)]
    take_in(hall, file_of(sat, *many))
    assert len(db.session.scalars(select(AnswerEvent.sequence)).all()) == 401


def test_key_is_the_devices_own(hall: Hall, sat: Sat) -> None:
    keys = {rescue.key(sat.attempt_id, 1), rescue.key(sat.attempt_id, 2), rescue.key("x", 1)}
    assert len(keys) == 3


def test_who_may(hall: Hall, sat: Sat) -> None:
    address = f"/exams/rooms/{hall.sitting_id}/rescue"
    assert hall.browser(hall.invigilator).get(address).status_code == 200
    assert hall.browser(hall.manager).get(address).status_code in {403, 404}
    assert hall.candidate().get(address).status_code == 403
    beside = room_beside(hall)
    assert beside.browser(beside.invigilator).get(address).status_code == 404
