"""Our own reading of both ways of signing: whole ones pass, and nothing else does."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.credential import did, jwt, proofs
from certificates.credential.encoding import to_base64url
from certificates.credential.linked_data import LinkedDataError, canonical
from tests.certificates.credential.making import NOW, SITE, TODAY, credential, key, ring

OWN = ring()
TOKEN = jwt.sign(credential(), OWN, OWN.signing(TODAY))
VC = proofs.add(credential(), OWN, OWN.signing(TODAY), NOW)
PUBLISHED = did.read(did.document(OWN))


def test_what_is_published_is_enough_to_check() -> None:
    assert jwt.verifies(TOKEN, PUBLISHED)
    assert proofs.verifies(VC, PUBLISHED)
    assert jwt.credential(jwt.read(TOKEN)[1]) == credential()


def test_the_token_is_as_open_badges_asks() -> None:
    header, payload = jwt.read(TOKEN)
    assert header == {"alg": "EdDSA", "kid": f"{OWN.address(OWN.keys[0])}-jwk", "typ": "JWT"}
    assert payload["iss"] == payload["issuer"]["id"] == "did:web:peizhen.example.cn"
    assert payload["jti"] == payload["id"]
    assert payload["sub"] == payload["credentialSubject"]["id"]
    assert payload["nbf"] == jwt.seconds("2026-02-10T00:00:00+08:00")
    assert payload["exp"] == jwt.seconds("2029-02-09T23:59:59+08:00")


def test_a_certificate_without_end_has_a_token_without_end() -> None:
    said = credential(valid_until=None)
    assert "validUntil" not in said
    assert "exp" not in jwt.claims(said)


@given(st.integers(0, len(TOKEN) - 1), st.integers(1, 63))
def test_any_changed_letter_of_a_token_is_caught(at: int, by: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    if TOKEN[at] == ".":
        return
    other = letters[(letters.index(TOKEN[at]) + by) % 64]
    changed = TOKEN[:at] + other + TOKEN[at + 1 :]
    with suppress(jwt.TokenError):
        assert not jwt.verifies(changed, PUBLISHED)


def signed(header: dict[str, Any], payload: dict[str, Any]) -> str:
    """Sign whatever is given with our own key."""
    parts = (to_base64url(json.dumps(part).encode()) for part in (header, payload))
    text = ".".join(parts)
    return f"{text}.{to_base64url(OWN.keys[0].sign(text.encode()))}"


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"alg": "none"}, {}),
        ({"alg": "HS256"}, {}),
        ({"crit": ["exp"]}, {}),
        ({"jwk": {}}, {}),
        ({"kid": "did:web:elsewhere.cn#2026-01-01-abcdef-jwk"}, {}),
        ({}, {"iss": "did:web:elsewhere.cn"}),
        ({}, {"exp": 4_000_000_000}),
        ({}, {"sub": "urn:uuid:somebody-else"}),
    ],
)
def test_a_token_that_says_two_things_is_none(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    whole, payload = jwt.read(TOKEN)
    assert jwt.verifies(signed(whole, payload), PUBLISHED)
    assert not jwt.verifies(signed({**whole, **header}, {**payload, **claims}), PUBLISHED)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.é.é", "e30.W10.AA", TOKEN + "."])
def test_what_is_no_token_is_said_to_be_none(text: str) -> None:
    with pytest.raises(jwt.TokenError):
        jwt.read(text)


def test_the_order_of_fields_does_not_matter() -> None:
    turned = json.loads(json.dumps(VC, sort_keys=True, indent=3))
    assert proofs.verifies(turned, PUBLISHED)


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("validUntil",),
        ("credentialSubject", "licenseNumber"),
        ("credentialSubject", "achievement", "name"),
        ("proof", "created"),
        ("proof", "proofPurpose"),
        ("proof", "proofValue"),
        ("proof", "verificationMethod"),
    ],
)
def test_a_changed_field_is_caught(path: tuple[str, ...]) -> None:
    changed = json.loads(json.dumps(VC))
    place = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = place[path[-1]].replace("2", "3").replace("e", "f") + "x"
    assert not proofs.verifies(changed, PUBLISHED)


def test_a_field_that_no_context_knows_is_not_signed_and_so_refused() -> None:
    assert not proofs.verifies({**VC, "advice": "直接付款"}, PUBLISHED)
    inner = json.loads(json.dumps(VC))
    inner["credentialSubject"]["advice"] = "直接付款"
    assert not proofs.verifies(inner, PUBLISHED)


def test_other_contexts_are_refused_and_not_fetched() -> None:
    for contexts in ("https://elsewhere.cn/context", [*VC["@context"], {"name": "urn:x"}], None, 3):
        assert not proofs.verifies({**VC, "@context": contexts}, PUBLISHED)


def test_a_graph_made_to_keep_us_busy_is_refused() -> None:
    knot = [{"type": "IdentityObject", "identityHash": str(n)} for n in range(30)]
    for subject in ({"identifier": knot}, {"id": "_:b0"}):
        with pytest.raises(LinkedDataError):
            canonical({**credential(), "credentialSubject": subject})


def test_the_key_in_force_signs_and_a_later_one_waits() -> None:
    first, second = key(date(2026, 1, 1)), key(date(2026, 6, 1))
    both = ring(second, first)
    assert both.signing(date(2026, 5, 31)) is first
    assert both.signing(date(2026, 6, 1)) is second
    assert [one["id"] for one in did.document(both)["verificationMethod"]][2] == both.address(
        second
    )


def test_a_site_has_one_name() -> None:
    assert did.issuer(SITE) == "did:web:peizhen.example.cn"
    assert did.issuer("http://192.168.1.5:8000") == "did:web:192.168.1.5%3A8000"
    assert did.issuer("https://a.CN/pei zhen/") == "did:web:a.cn:pei%20zhen"
