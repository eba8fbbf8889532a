"""Files that people hand in: whole, added to, changed, signed by another, not signed, no PDF at all."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.made_up_certificates import facts
from certificates import signed_file
from certificates.signed_file import NotAPdfError, Seal
from certificates.signing import Signer, load_signer, make_key
from certificates.stamping import stamp

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


@cache
def signer(name: str = "示例协会") -> Signer:
    """Return a key of our own."""
    return load_signer(make_key(name, NOW))


@cache
def issued() -> bytes:
    """Return a certificate as it is issued."""
    return stamp(facts(5), signer(), NOW, sample=False).pdf


def test_whole() -> None:
    """An issued file is whole; it says who signed it and which number it claims."""
    seen = signed_file.read(issued())
    assert seen.seal is Seal.WHOLE
    assert seen.sha256 == seen.signed_sha256 == hashlib.sha256(issued()).hexdigest()
    assert (seen.fingerprint, seen.signer) == (signer().fingerprint, "示例协会")
    assert seen.number == str(facts(5).number)


@given(st.binary(min_size=1, max_size=300))
def test_longer(added: bytes) -> None:
    """Whatever is written behind it, what was signed is still known by its hash."""
    seen = signed_file.read(issued() + added)
    assert seen.seal is Seal.LONGER
    assert seen.signed_sha256 == hashlib.sha256(issued()).hexdigest()


@given(st.integers(min_value=8), st.integers(1, 255))
def test_changed(at: int, by: int) -> None:
    """No changed byte leaves a file that is both whole and the one that was issued."""
    data = bytearray(issued())
    data[8 + at % (len(data) - 8)] ^= by
    seen = signed_file.read(bytes(data))
    assert seen.sha256 != hashlib.sha256(issued()).hexdigest()
    assert seen.signed_sha256 != hashlib.sha256(issued()).hexdigest()


@given(st.integers(min_value=1))
def test_cut_short(length: int) -> None:
    """A file that did not arrive whole never looks whole."""
    cut = issued()[: 1024 + length % (len(issued()) - 1024)]
    assert signed_file.read(cut).seal in {Seal.NONE, Seal.BROKEN}


@given(st.binary(max_size=400))
def test_anything(data: bytes) -> None:
    """Any bytes are a finding, never a failure."""
    assert signed_file.read(b"%PDF-1.7\n" + data).seal in set(Seal) - {Seal.WHOLE}


@pytest.mark.parametrize("hole", [b"", b"zz", b"30", b"3080", b"30820fff00", b"3003020101"])
def test_no_signature_in_its_place(hole: bytes) -> None:
    """Rubbish where the signature should be is a broken seal."""
    head = b"%PDF-1.7 /ByteRange [0 60 "
    start, end = 60, 60 + len(hole) + 2
    data = (head + b"%d 10]" % end).ljust(start) + b"<" + hole + b">" + b" " * 10
    assert signed_file.read(data).seal is Seal.BROKEN


def test_signed_by_another() -> None:
    """Another's signature is whole and is another's; ours cannot be put onto another's file."""
    forged = stamp(facts(6), signer("自称协会"), NOW, sample=False).pdf
    seen = signed_file.read(forged)
    assert seen.seal is Seal.WHOLE
    assert seen.fingerprint != signer().fingerprint
    ours, theirs = issued(), bytearray(forged)
    contents = b"/Contents <"
    own = ours.rindex(contents) + len(contents)
    at = theirs.rindex(contents) + len(contents)
    length = ours.index(b">", own) - own
    theirs[at : at + length] = ours[own : own + length]
    assert signed_file.read(bytes(theirs)).seal is Seal.BROKEN


def test_no_pdf() -> None:
    """A photo is no PDF."""
    with pytest.raises(NotAPdfError):
        signed_file.read(b"\xff\xd8\xff\xe0 a photo")
