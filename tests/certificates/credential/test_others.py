"""Verifiers written by others, offline: what they believe, what they refuse, what they read."""

from datetime import date

import pytest

from certificates.credential import jwt, proofs
from tests.certificates.credential.making import (
    NOW,
    PLACE,
    TODAY,
    ask_others,
    credential,
    key,
    lists,
    ring,
)


def test_they_believe_both_ways_of_signing() -> None:
    own = ring()
    said, signer = credential(), own.signing(TODAY)
    answer = ask_others(
        own,
        vc=proofs.add(said, own, signer, NOW),
        jwt=jwt.sign(said, own, signer),
        lists=lists(own),
    )
    assert answer["vc"] == {"verified": True, "set": []}
    assert answer["jwt"]["verified"]
    assert answer["jwt"]["payload"] == {**said, **jwt.claims(said)}


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_they_read_what_became_of_it(purpose: str) -> None:
    own = ring()
    vc = proofs.add(credential(), own, own.signing(TODAY), NOW)
    beside = lists(own, **{purpose: [PLACE - 1, PLACE + 1]})
    assert ask_others(own, vc=vc, lists=beside)["vc"] == {"verified": True, "set": []}
    ended = lists(own, **{purpose: [PLACE]})
    assert ask_others(own, vc=vc, lists=ended)["vc"] == {"verified": False, "set": [purpose]}


def test_they_refuse_a_changed_name() -> None:
    own = ring()
    vc = proofs.add(credential(), own, own.signing(TODAY), NOW)
    vc["credentialSubject"]["identifier"][0]["identityHash"] = "王某某"
    token = jwt.sign(credential(), own, own.signing(TODAY))
    head, payload, signature = token.split(".")
    changed = f"{head}.{payload[:-2]}{'AA' if payload[-2:] != 'AA' else 'BB'}.{signature}"
    answer = ask_others(own, vc=vc, jwt=changed, lists=lists(own))
    assert not answer["vc"]["verified"]
    assert answer["vc"]["error"] == "Error: Invalid signature."
    assert not answer["jwt"]["verified"]


def test_they_refuse_a_stranger_with_our_name() -> None:
    own, stranger = ring(), ring()
    vc = proofs.add(credential(), stranger, stranger.signing(TODAY), NOW)
    token = jwt.sign(credential(), stranger, stranger.signing(TODAY))
    answer = ask_others(own, vc=vc, jwt=token, lists=lists(own))
    assert not answer["vc"]["verified"]
    assert not answer["jwt"]["verified"]


def test_they_refuse_a_status_list_of_a_stranger() -> None:
    own, stranger = ring(), ring()
    vc = proofs.add(credential(), own, own.signing(TODAY), NOW)
    assert not ask_others(own, vc=vc, lists=lists(stranger))["vc"]["verified"]


def test_they_still_believe_what_a_former_key_signed() -> None:
    former, later = key(date(2026, 1, 1)), key(date(2026, 3, 1))
    before = ring(former)
    vc = proofs.add(credential(), before, former, NOW)
    token = jwt.sign(credential(), before, former)
    # Only the public half of the former key is left.
    half = type(former)(former.name, former.signs_from, former.public)
    own = ring(half, later)
    assert own.signing(TODAY) is later
    answer = ask_others(own, vc=vc, jwt=token, lists=lists(own))
    assert answer["vc"] == {"verified": True, "set": []}
    assert answer["jwt"]["verified"]


def test_they_refuse_what_has_run_out() -> None:
    own = ring()
    said = credential(valid_until=date(2026, 2, 28))
    answer = ask_others(
        own,
        vc=proofs.add(said, own, own.signing(TODAY), NOW),
        jwt=jwt.sign(said, own, own.signing(TODAY)),
        lists=lists(own),
    )
    assert not answer["vc"]["verified"]
    assert "exp" in answer["jwt"]["error"]
