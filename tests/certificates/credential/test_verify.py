"""The command for strangers: what it says of whole, changed, ended and unreadable files."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.made_up_certificates import facts
from certificates import verify
from certificates.credential import did, jwt, proofs, status, verifying
from certificates.credential.verifying import open_text, report
from certificates.signing import load_signer, make_key
from certificates.stamping import stamp
from certificates.verdict import SHANGHAI
from tests.certificates.credential.making import (
    LISTS,
    NOW,
    PLACE,
    TODAY,
    award,
    credential,
    key,
    ring,
)

OWN = ring()
NAMES = {"form", "issuer", "signature", "signer", "dates", "status", "credential"}


def write(path: Path, said: Any) -> Path:
    path.write_text(said if isinstance(said, str) else json.dumps(said), "utf-8")
    return path


def signed_lists(now: datetime, **places: list[int]) -> list[Any]:
    signer = OWN.signing(TODAY)
    return [
        proofs.add(
            status.list_credential(
                address, purpose, status.encode(places.get(purpose, [])), OWN.issuer, now
            ),
            OWN,
            signer,
            now,
        )
        for purpose, address in LISTS.items()
    ]


def run(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, *more: str
) -> tuple[int, dict[str, Any]]:
    own = write(folder / "did.json", did.document(OWN))
    code = verify.main([file, "--did", str(own), "--json", *more])
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"verdict", "checks"}
    assert all(set(check) == {"name", "ok", "detail"} for check in said["checks"])
    assert {check["name"] for check in said["checks"]} <= NAMES
    return code, said


@pytest.fixture
def lasting() -> str:
    """A token that is valid on the real day of the test."""
    return jwt.sign(credential(valid_until=None), OWN, OWN.signing(TODAY))


def test_without_lists_nothing_is_called_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lasting: str
) -> None:
    code, said = run(tmp_path, capsys, str(write(tmp_path / "c.jwt", lasting)))
    assert (code, said["verdict"]) == (1, "cannot_check_status")
    assert said["checks"][-1]["ok"] is None
    assert "不能核对现在的状态" in said["checks"][-1]["detail"]
    assert "cannot check the status" in said["checks"][-1]["detail"]


@pytest.mark.parametrize(
    ("places", "code", "verdict"),
    [
        ({}, 0, "valid"),
        ({"suspension": [PLACE]}, 1, "suspended"),
        ({"revocation": [PLACE]}, 1, "withdrawn"),
        ({"revocation": [PLACE], "suspension": [PLACE]}, 1, "withdrawn"),
        ({"revocation": [PLACE + 1]}, 0, "valid"),
    ],
)
def test_lists_tell_what_became_of_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lasting: str,
    places: dict[str, list[int]],
    code: int,
    verdict: str,
) -> None:
    more: list[str] = []
    for number, one in enumerate(signed_lists(datetime.now(SHANGHAI), **places)):
        more += ["--status", str(write(tmp_path / f"list{number}.json", one))]
    found = run(tmp_path, capsys, str(write(tmp_path / "c.jwt", lasting)), *more)
    assert (found[0], found[1]["verdict"]) == (code, verdict)


def test_words_are_for_people_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    token = jwt.sign(credential(), OWN, OWN.signing(TODAY))
    assert verify.main([str(write(tmp_path / "c.jwt", token))]) == 1
    shown = capsys.readouterr().out
    assert "没有给出协会的 did 文件" in shown
    assert shown.endswith("→ cannot_check_status\n")


def test_a_changed_one_is_not_genuine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vc = proofs.add(credential(), OWN, OWN.signing(TODAY), NOW)
    vc["credentialSubject"]["licenseNumber"] = "PZ2026310110000999"
    code, said = run(tmp_path, capsys, str(write(tmp_path / "c.json", vc)))
    assert (code, said["verdict"]) == (1, "not_genuine")
    assert [check["ok"] for check in said["checks"]] == [True, False]


def test_one_of_another_issuer_is_not_genuine() -> None:
    other = {**credential(), "issuer": "did:web:elsewhere.cn"}
    found = report(open_text(jwt.sign(other, OWN, OWN.keys[0])), OWN, [], NOW)
    assert found.verdict == "not_genuine"
    assert [check.name for check in found.checks] == ["issuer"]


def test_time_counts() -> None:
    token = jwt.sign(credential(), OWN, OWN.keys[0])

    def at(moment: datetime) -> str:
        lists = [open_text(json.dumps(one)) for one in signed_lists(moment)]
        return report(open_text(token), OWN, lists, moment).verdict

    until = datetime.combine(award().valid_until or date.max, datetime.max.time(), SHANGHAI)
    assert at(NOW) == "valid"
    assert at(NOW - timedelta(days=30)) == "not_yet"
    assert at(until.replace(microsecond=0)) == "valid"
    assert at(until + timedelta(seconds=1)) == "expired"


@pytest.mark.parametrize("spoilt", ["stale", "one missing", "stranger", "other purpose"])
def test_a_list_that_cannot_be_believed_counts_as_none(spoilt: str) -> None:
    opened = open_text(jwt.sign(credential(), OWN, OWN.keys[0]))
    first, second = signed_lists(NOW if spoilt != "stale" else NOW - timedelta(days=3))
    if spoilt == "stranger":
        stranger = ring(key())
        del first["proof"]
        first = proofs.add(first, stranger, stranger.keys[0], NOW)
    if spoilt == "other purpose":
        del first["proof"]
        first["credentialSubject"]["statusPurpose"] = "message"
        first = proofs.add(first, OWN, OWN.keys[0], NOW)
    given = [second] if spoilt == "one missing" else [first, second]
    lists = [open_text(json.dumps(one)) for one in given]
    found = report(opened, OWN, lists, NOW)
    assert found.verdict == "cannot_check_status"
    assert found.exit_code == 1


def test_one_without_any_list_is_never_valid() -> None:
    bare = {name: value for name, value in credential().items() if name != "credentialStatus"}
    found = report(open_text(jwt.sign(bare, OWN, OWN.keys[0])), OWN, [], NOW)
    assert found.verdict == "cannot_check_status"


def test_a_number_alone_says_little(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = "PZ2026310110000421"
    found = verify.of_number(number)
    good = found.verdict == "cannot_check_status"
    assert good == (found.exit_code == 1)
    code, said = run(tmp_path, capsys, number[:-1])
    assert (code, said["verdict"]) == (2, "unreadable")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "hello " * 30, "a.b.c", "null"])
def test_what_is_nothing_is_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    code, said = run(tmp_path, capsys, str(write(tmp_path / "x", text)))
    assert (code, said["verdict"]) == (2, "unreadable")


def test_a_file_too_long_for_a_credential_is_unreadable() -> None:
    with pytest.raises(verifying.UnreadableError):
        open_text("{" + " " * verifying.MOST_BYTES + "}")


def test_a_pdf_without_signature_is_not_genuine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(tmp_path, capsys, str(write(tmp_path / "c.pdf", "%PDF-1.7 a page")))
    assert (code, said["verdict"]) == (1, "not_genuine")
    assert said["checks"][0] == {
        "name": "signature",
        "ok": False,
        "detail": "文件没有签名 / the file is not signed",
    }


def test_a_missing_did_document_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lasting: str
) -> None:
    file = write(tmp_path / "c.jwt", lasting)
    assert verify.main([str(file), "--did", str(tmp_path / "none.json")]) == 2
    assert "读不了" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "suspended", "with_lists", "code", "verdict"),
    [
        ("", [], True, 0, "valid"),
        ("", [PLACE], True, 1, "suspended"),
        ("", [], False, 1, "cannot_check_status"),
        ("PZ2026310110000421", [], True, 1, "not_genuine"),
    ],
    ids=["valid", "suspended", "no lists", "of another"],
)
def test_a_pdf_is_judged_by_the_credential_inside(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    number: str,
    suspended: list[int],
    with_lists: bool,
    code: int,
    verdict: str,
) -> None:
    data, now = facts(1), datetime.now(SHANGHAI)
    signer = load_signer(make_key("示例协会", now))
    said = credential(number=number or str(data.number), valid_until=None)
    token = jwt.sign(said, OWN, OWN.signing(TODAY))
    path = tmp_path / "certificate.pdf"
    path.write_bytes(stamp(data, signer, now, sample=False, credential=token).pdf)
    more = ["--fingerprint", signer.fingerprint]
    for at, one in enumerate(signed_lists(now, suspension=suspended) if with_lists else []):
        more += ["--status", str(write(tmp_path / f"list{at}.json", one))]
    found = run(tmp_path, capsys, str(path), *more)
    assert (found[0], found[1]["verdict"]) == (code, verdict)
