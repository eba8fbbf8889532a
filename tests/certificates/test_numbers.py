"""Certificate numbers: the published vector, every slip of the hand, and what people type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.numbers import (
    ALPHABET,
    CertificateNumber,
    NumberError,
    NumberFormat,
    check_character,
    compose,
    parse,
)

payloads = st.text(ALPHABET, min_size=1, max_size=24)
numbers = st.builds(
    compose,
    st.integers(2000, 2999),
    st.sampled_from(["310110", "310101", "310115", "310151"]),
    st.integers(1, 99999),
)


def test_vector() -> None:
    assert check_character("PZ202631011000042") == "6"
    assert str(compose(2026, "310110", 42)) == "PZ2026310110000426"


@given(payloads, st.data())
def test_every_single_wrong_character_is_caught(payload: str, data: st.DataObject) -> None:
    whole = payload + check_character(payload)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != whole[place]]))
    wrong = whole[:place] + other + whole[place + 1 :]
    assert check_character(wrong[:-1]) != wrong[-1]


@settings(max_examples=15)
@given(numbers)
def test_every_wrong_character_of_a_number_is_refused(number: CertificateNumber) -> None:
    whole = str(number)
    for place, right in enumerate(whole):
        for other in ALPHABET:
            if other != right:
                with pytest.raises(NumberError):
                    parse(whole[:place] + other + whole[place + 1 :])


@given(payloads.filter(lambda p: len(p) > 1), st.data())
def test_swapped_neighbours_are_caught_unless_they_follow_each_other(
    payload: str, data: st.DataObject
) -> None:
    whole = payload + check_character(payload)
    place = data.draw(st.integers(0, len(whole) - 2))
    first, second = whole[place], whole[place + 1]
    swapped = whole[:place] + second + first + whole[place + 2 :]
    distance = abs(ALPHABET.index(first) - ALPHABET.index(second))
    if distance not in (0, 1, 35):
        assert check_character(swapped[:-1]) != swapped[-1]


def test_exactly_one_swap_in_thirty_six_escapes_for_each_pair_of_followers() -> None:
    # Every state the calculation can be in before a pair is reached by some single character,
    # so two-character tails after each of the 36 starts are all the cases there are.
    escaped: dict[frozenset[str], int] = {}
    for start in ALPHABET:
        for i, first in enumerate(ALPHABET):
            for second in ALPHABET[i + 1 :]:
                if check_character(start + first + second) == check_character(
                    start + second + first
                ):
                    pair = frozenset((first, second))
                    escaped[pair] = escaped.get(pair, 0) + 1
    followers = {frozenset((c, ALPHABET[(i + 1) % 36])) for i, c in enumerate(ALPHABET)}
    assert escaped == dict.fromkeys(followers, 1)


@given(numbers)
def test_parse_reads_back_what_was_printed(number: CertificateNumber) -> None:
    assert parse(str(number)) == number
    assert parse(number.grouped) == number


@pytest.mark.parametrize(
    "typed",
    [
        " pz 2026 310110 00042 6 ",
        "ＰＺ２０２６３１０１１００００４２６",
        "PZ-2026-310110-00042-6",
        "PZ 2026\u3000310110\u200b00042—6",
    ],
)
def test_what_people_type_is_read(typed: str) -> None:
    assert str(parse(typed)) == "PZ2026310110000426"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "证书编号以 PZ 开头"),
        ("990101", "证书编号以 PZ 开头"),
        ("PZ202631011000042", "少了 1 位"),
        ("PZ20263101100004266", "多了 1 位"),
        ("PZ2026310110O00426", "第 13 位“O”应是数字。"),
        ("PZ2026310110000427", "有一位抄错了"),
    ],
)
def test_a_refusal_says_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(NumberError) as refusal:
        parse(typed)
    assert sentence in refusal.value.zh
    assert refusal.value.en.endswith(".") or refusal.value.en[-2:].isdigit()


@pytest.mark.parametrize(
    ("year", "district", "serial"),
    [(2026, "310110", 0), (2026, "310110", 100000), (26, "310110", 1), (2026, "31011", 1)],
)
def test_parts_that_do_not_fit_are_refused(year: int, district: str, serial: int) -> None:
    with pytest.raises(NumberError):
        compose(year, district, serial)


def test_the_format_is_data() -> None:
    wide = NumberFormat(prefix="SH", serial_digits=7)
    number = compose(2027, "310104", 1234567, wide)
    assert number.grouped.startswith("SH 2027 310104 1234567 ")
    assert parse(str(number), wide) == number
    with pytest.raises(NumberError):
        parse(str(number))
    with pytest.raises(NumberError):
        NumberFormat(prefix="陪")
    with pytest.raises(NumberError):
        NumberFormat(serial_digits=0)
