"""The public check page: what it costs beside an empty view, with a whole register behind it.

The real server (gunicorn.conf.py) over a register of N made-up certificates, each with its line of
the ledger, a photo and a consent. CPU seconds are those of the server's processes, one request after
the other, divided by those of a view of bare Flask under the same server that returns nothing. Then
200 people scan at once. The waiting time is that of this machine, shared with the load generator.
"""

from __future__ import annotations

import asyncio
import random
import re
import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert

from app import blobs, clock, create_app
from app.config import Settings
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import Consent, User
from app.models.scheme import Scheme
from bench import floor, made_up_certificates
from bench.figures import Figure
from bench.lines import Line
from bench.serving import Server, serving
from certificates import numbers
from certificates.certificate import PRINTED
from tests.live import demo_environment, free_port

PEOPLE = 1_000
CHUNK = 5_000
ALONE, WARM = 1_200, 200
AT_ONCE, ROUNDS = 200, 12
MISSES = 160
_SURNAME = "赵"
_MAY = [{"zh": "陪老人就诊、检查、取药", "en": "Go along to doctor, tests and pharmacy"}] * 2
_MAY_NOT = [{"zh": "替老人看病、签字", "en": "Diagnose or sign for the elder"}] * 2


def figures(register: int) -> Iterator[Figure]:
    """Fill a register, serve it, and measure."""
    with tempfile.TemporaryDirectory(prefix="bench-check-") as folder:
        empty = _floor(Path(folder))
        yield Figure("empty view", empty, "CPU ms")
        port = free_port()
        environment = demo_environment(Path(folder), port)
        app = create_app(Settings.from_env(environment))
        known = fill(app, register)
        with serving(environment, port) as server:
            yield from asyncio.run(_measured(server, known, empty))


def _floor(folder: Path) -> float:
    port = free_port()
    url = f"sqlite:///{folder / 'floor.sqlite3'}"
    environment = demo_environment(folder, port) | {"FLOOR_DATABASE": url}
    floor.make_table(url)
    with serving(environment, port, module="bench.floor:app") as server:
        return asyncio.run(_each(server, ["/blank"]))


def fill(app: Flask, many: int) -> list[tuple[str, str, str]]:
    """Put certificates into an empty register; return token, number and surname of each."""
    now = datetime.now(UTC)
    with app.app_context():
        db.create_all()
        photo = blobs.put(
            made_up_certificates.photo(1), media_type="image/jpeg", purpose="photo", now=now
        )
        body = {"may": _MAY, "may_not": _MAY_NOT}
        scheme = Scheme(
            code="bench",
            version="1",
            title="",
            title_en="",
            body=body,
            effective_from=date.today(),  # noqa: DTZ011
        )
        db.session.add(scheme)
        people = [User(name=f"{_SURNAME}示例", created_at=now) for _n in range(PEOPLE)]
        db.session.add_all(people)
        db.session.flush()
        for one in people:
            db.session.add(Consent(user_id=one.id, kind="photo_public", version="1", given_at=now))
        of, photo_id = [one.id for one in people], photo.id
        scheme_id = scheme.id
        db.session.commit()
        db.session.remove()
        known = _insert(many, of, scheme_id, photo_id, now)
        db.engine.dispose()
    return known


def _insert(
    many: int, people: list[str], scheme_id: str, photo_id: str, now: datetime
) -> list[tuple[str, str, str]]:
    """Write the rows in bulk, without decisions behind them."""
    known = []
    with db.engine.connect() as line:
        driver: Any = line.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # heeded outside a transaction only
        for first in range(0, many, CHUNK):
            rows = [
                _row(n, people[n % PEOPLE], scheme_id, photo_id, now)
                for n in range(first, min(many, first + CHUNK))
            ]
            line.execute(insert(Certificate), rows)
            line.execute(insert(StatusChange), [_line(one, now) for one in rows])
            known += [(one["token"], one["number"], _SURNAME) for one in rows]
        line.commit()
    return known


def _row(n: int, user_id: str, scheme_id: str, photo_id: str, now: datetime) -> dict[str, Any]:
    seeded = random.Random(n)
    today = clock.shanghai_date(now)
    token = "".join(seeded.choices("abcdefghijklmnopqrstuvwxyz234567", k=16))
    number = numbers.compose(2026, f"31{n // 99_999:04}", n % 99_999 + 1)
    until = today + timedelta(days=seeded.randrange(-300, 900))
    printed: dict[str, Any] = dict.fromkeys(PRINTED, "示例文字")
    printed |= {
        "name": f"{_SURNAME}示例",
        "name_latin": "ZHAO Shili",
        "number": str(number),
        "number_grouped": number.grouped,
        "training_from": "2026-09-06",
        "training_until": "2026-10-18",
        "hours": 36,
        "issued_on": "2026-11-01",
        "valid_from": "2023-01-01",
        "valid_until": until.isoformat(),
        "check_address": f"https://peizhen.example/c/{token}",
        "official_domain": "peizhen.example",
        "photo": True,
        "scheme": "bench 1",
        "sample": True,
    }
    return {
        "id": f"{n:016}",
        "decision_id": f"{n:016}",
        "user_id": user_id,
        "scheme_id": scheme_id,
        "number": str(number),
        "token": token,
        "printed": printed,
        "photo_blob_id": photo_id,
        "pdf_blob_id": photo_id,
        "pdf_sha256": f"{n:064x}",
        "layout": "landscape-v1",
        "valid_from": date(2023, 1, 1),
        "valid_until": until,
        "status": "valid",
        "issued_at": now - timedelta(days=1),
    }


def _line(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "certificate_id": row["id"],
        "number": 1,
        "status": "valid",
        "reason": "",
        "by_id": row["user_id"],
        "at": now - timedelta(days=1),
    }


async def _measured(
    server: Server, known: list[tuple[str, str, str]], empty: float
) -> list[Figure]:
    numbers_of = random.Random(1)
    paths = [f"/c/{token}" for token, _number, _name in numbers_of.sample(known, 400)]
    each = await _each(server, paths)
    found = [
        Figure("check page", each, "CPU ms"),
        Figure("check page beside an empty view", each / empty, "times", at_most=3),
        Figure(
            "check page: on the wire, all of it",
            await _wire(server, paths[0]),
            "bytes",
            at_most=40_000,
        ),
    ]
    waits = await _crowd(server, paths)
    found.append(Figure(f"check page: p95 of {AT_ONCE} at once", waits[0], "s", at_most=1.0))
    found.append(Figure("check page: a second", waits[1], "pages a second"))
    return [*found, await _alike(server, known)]


async def _each(server: Server, paths: list[str]) -> float:
    """Return the server's CPU milliseconds a request, one after the other."""
    line = Line(server.port)
    for number in range(WARM):
        await line.get(paths[number % len(paths)])
    best = []
    for _round in range(3):
        before = server.cpu()
        for number in range(ALONE):
            answer = await line.get(paths[number % len(paths)])
            assert answer.status == 200, answer.status
        best.append((server.cpu() - before) / ALONE * 1000)
    line.hang_up()
    return min(best)


async def _wire(server: Server, path: str) -> float:
    """Return the bytes of page, style sheet and photo, as they are sent to a phone."""
    line = Line(server.port)
    page = await line.get(path)
    html = page.body.decode()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    pictures = re.findall(r'<img[^>]* src="(/[^"]+)"', html)
    whole = len(page.body)
    for address in [*sheets, *pictures]:
        whole += len((await line.get(address)).body)
    line.hang_up()
    return float(whole)


async def _crowd(server: Server, paths: list[str]) -> tuple[float, float]:
    """Let many scan at once; return the 95th percentile of what they wait, and pages a second."""
    waits: list[float] = []

    async def one(number: int) -> None:
        line = Line(server.port)
        for turn in range(ROUNDS):
            answer = await line.get(paths[(number * ROUNDS + turn) % len(paths)])
            assert answer.status == 200, answer.status
            if turn:  # the first opens the connection
                waits.append(answer.seconds)
        line.hang_up()

    begun = asyncio.get_running_loop().time()
    await asyncio.gather(*(one(number) for number in range(AT_ONCE)))
    took = asyncio.get_running_loop().time() - begun
    return statistics.quantiles(waits, n=20)[-1], AT_ONCE * ROUNDS / took


async def _alike(server: Server, known: list[tuple[str, str, str]]) -> Figure:
    """Compare what a number that is not there costs with what a wrong name costs."""
    line = Line(server.port)
    costs = {"wrong": 0.0, "missing": 0.0}
    for turn in range(MISSES // 20):
        for kind in costs:
            before = server.cpu()
            for step in range(20):
                number = known[turn * 20 + step][1]
                if kind == "missing":
                    number = str(numbers.compose(2025, "310101", turn * 20 + step + 1))
                answer = await line.post_form("/check", {"number": number, "surname": "钱"})
                assert answer.status == 404, answer.status
            costs[kind] += server.cpu() - before
    line.hang_up()
    apart = abs(costs["wrong"] / costs["missing"] - 1)
    return Figure("check by number: a miss and a wrong name apart", apart, "of 1", at_most=0.15)
