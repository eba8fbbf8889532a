"""The chaos run at its shortest, and that its judge finds what it is there to find."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from bench import faketime, faults, judging, remarking
from bench.device import Change
from bench.judging import Case, Judgement, Timeline
from bench.remarking import Key
from tests.live import ROOT

ALL = os.environ.get("TEST_ALL") == "1"
DATABASES = ["sqlite", "postgresql"] if ALL else ["sqlite"]
START = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("database", DATABASES)
def test_nothing_is_lost(database: str) -> None:
    """People sit for a minute, everything fails once, and every target is met."""
    if faketime.library() is None and os.environ.get("CI") == "true":
        pytest.fail("libfaketime is not installed: the clock was not stepped")
    command = [sys.executable, "-m", "bench.chaos", "--seed", "1", "--seconds", "50", "--json"]
    run = subprocess.run(
        [*command, "--database", database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-6000:]
    said = json.loads(run.stdout)
    assert said["missed"] == []
    found = {one["name"]: one["value"] for one in said["figures"]}
    assert found["changes acknowledged"] > 50


def row(sequence: int, value: str, *, slot: int = 1, late: bool = False) -> SimpleNamespace:
    at = START + timedelta(minutes=sequence)
    return SimpleNamespace(
        epoch=1, sequence=sequence, slot=slot, value=value, late=late, client_at=at, server_at=at
    )


def case(rows: Sequence[Any], *acknowledged: tuple[int, str, str]) -> Case:
    """Return a case of one slot: acknowledged are (sequence, fate, value)."""
    changes = {
        n: Change(n, 1, value, int((START + timedelta(minutes=n)).timestamp() * 1000))
        for n, _fate, value in acknowledged
    }
    record = SimpleNamespace(
        acknowledged={n: (fate, changes[n]) for n, fate, _value in acknowledged},
        made={n: [one] for n, one in changes.items()},
    )
    device: Any = SimpleNamespace(
        slots=[(1, "single_choice", ["o1", "o2"])],
        record=record,
        waits=[],
        seat=SimpleNamespace(login="somebody"),
    )
    sitter: Any = SimpleNamespace(device=device, habit="zero")
    nothing: Any = None
    return Case(sitter, nothing, list(rows), [], [])


@pytest.mark.parametrize(
    ("rows", "check"),
    [
        ([row(1, '"o1"'), row(2, '"o2"')], ""),
        ([row(2, '"o2"')], "acknowledged changes lost"),
        ([row(1, '"o2"'), row(2, '"o2"')], "acknowledged changes different"),
        ([row(1, '"o1"', late=True), row(2, '"o2"')], "acknowledged changes different"),
        ([row(1, '"o1"'), row(2, '"o2"'), row(3, '"o1"')], "changes doubled or invented"),
    ],
)
def test_the_judge_compares_ledger_and_journal(rows: list[Any], check: str) -> None:
    found = Judgement()
    judging._journal(case(rows, (1, "stored", "o1"), (2, "stored", "o2")), found)
    assert check in found.complaints or not (check or found.complaints)
    assert found.acknowledged == 2


def test_times_of_a_stepped_clock() -> None:
    steps = [(100.0, 0), (200.0, 3600), (260.0, 3593)]
    line = Timeline(steps, base=START.timestamp() - 100)
    assert line.moments(START + timedelta(seconds=50)) == [150.0]
    assert line.moments(START + timedelta(seconds=3600 + 120)) == [220.0]
    # After a step back of seven seconds the same time is shown twice.
    assert line.moments(START + timedelta(seconds=3600 + 158)) == [258.0, 265.0]


def test_a_seed_gives_the_same_faults() -> None:
    kinds = [faults.WORKER, faults.SERVER, faults.DISK, faults.FORWARD, faults.BACK]
    plans = [faults.drawn(random.Random(7), kinds, seconds) for seconds in (40.0, 40.0, 4.0)]
    assert plans[0] == plans[1]
    assert [len(plan) for plan in plans] == [10, 10, 5]
    assert all(set(plan) == set(kinds) for plan in plans)


@pytest.mark.parametrize(
    ("kind", "right", "value", "share"),
    [
        ("single_choice", {"a"}, "o2", "1"),
        ("single_choice", {"a"}, "o1", "0"),
        ("true_false", {"true"}, True, "1"),
        ("true_false", {"true"}, False, "0"),
        ("multiple_choice", {"a", "b"}, ["o1", "o2"], "1"),
        ("multiple_choice", {"a", "b"}, ["o2"], "1/2"),
        ("multiple_choice", {"a", "b"}, ["o1", "o2", "o3"], "0"),
    ],
)
def test_the_independent_marker(kind: str, right: set[str], value: object, share: str) -> None:
    key = Key(kind, frozenset(right))
    marked = remarking.fraction(key, ["b", "a", "c"], value, "missing_partly_wrong_zero")
    assert marked == Fraction(share)


def test_every_question_that_ships_has_a_key() -> None:
    keys = remarking.keys()
    assert len(keys) > 90
    assert all(key.right for key in keys.values())
