"""What the tests of complaints do again and again: the form as a phone sends it, its receipt, a case."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.complaints import tickets
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import Complaint
from tests.client import PageClient

TOLD = {"kind": "safety", "text": "下楼梯时没有扶，老人差点摔倒", "contact": "13900001234"}


def ticket() -> str:
    """Return a ticket of a form that was shown a minute ago."""
    return tickets.new(clock.now() - timedelta(minutes=1))


def send(app: Flask, held: Certificate | None, **changed: Any) -> TestResponse:
    """Send the form as a stranger's phone does; `photos` are pairs of bytes and a name."""
    form = {**TOLD, "ticket": ticket(), "token": held.token if held else "", **changed}
    form["photos"] = [(io.BytesIO(data), name) for data, name in form.get("photos", ())]
    return PageClient(app).post(
        "/complain", data=form, content_type="multipart/form-data", buffered=True
    )


def receipt(answer: TestResponse) -> tuple[str, str]:
    """Read number and code from the page that says it was received."""
    found = re.findall(r'class="receipt num">([^<]+)<', html.unescape(answer.text))
    number, code = found
    return number, code


def only_case() -> Complaint:
    """Return the only case."""
    db.session.expire_all()
    return db.session.scalars(select(Complaint)).one()


def file(app: Flask, held: Certificate | None) -> Complaint:
    """File one and return it."""
    assert send(app, held).status_code == 200
    return only_case()


def photo(size: tuple[int, int] = (2000, 1500)) -> bytes:
    """Return a JPEG as a phone takes it, with a place and a direction hidden in it."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    Image.new("RGB", size, "#88aa99").save(out, "JPEG", exif=exif)
    return out.getvalue()
