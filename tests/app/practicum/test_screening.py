"""What is taken for a person in free text, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.practicum.screening import look


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("陪张阿姨去做B超", "name", "张阿姨"),
        ("姓名：李四", "name", "李四"),
        ("患者王秀英取药", "name", "王秀英"),
        ("老人李建国自己走", "name", "李建国"),
        ("欧阳先生自己进去", "name", "欧阳先生"),
        ("叫诸葛明", "name", "诸葛明"),
        ("给张伟，交代了", "name", "张伟"),
        ("小王陪同", "name", "小王"),
        ("老李。", "name", "老李"),
        ("陈医生说复查", "name", "陈医生"),
        ("她儿子李强来接", "name", "李强"),
        ("女儿王芳送到门口", "name", "王芳"),
        ("电话13812345678", "phone", "13812345678"),
        ("打 138 1234 5678 没人接", "phone", "138 1234 5678"),
        ("１３８１２３４５６７８", "phone", "１３８１２３４５６７８"),
        ("一三八一二三四五六七八", "phone", "一三八一二三四五六七八"),
        ("021-62345678", "phone", "021-62345678"),
        ("号是110101199003070118。", "identity", "110101199003070118"),
        ("11010519491231002X", "identity", "11010519491231002X"),
        ("110105 19491231 002x", "identity", "110105 19491231 002x"),
        ("医保卡310012345678", "number", "310012345678"),
    ],
)
def test_found(text: str, kind: str, said: str) -> None:
    """With what it is and where it stands."""
    (found,) = look(text)
    assert (found.kind, found.text) == (kind, said)
    assert text[found.first - 1 : found.last] == said


@pytest.mark.parametrize(
    "text",
    [
        "老人高兴，走得稳",
        "9:42到院，10:05进CT，10:18出",
        "2026-11-22复查，20261122复诊，2026年11月22日",
        "老年人多，候诊40分钟",
        "老毛病复查，取药两盒",
        "老人安静，方便行走，方才吃过药",
        "血压高，马上叫护士",
        "老人曾经做过，周三再来",
        "病人多，许多人排队",
        "儿子于明天上午来接，女儿安慰老人",
        "取药名字、药名、盒数对过",
        "家属同意当天加一项，金额二百三十元",
        "一二三楼都去了，在3楼5诊室，12号",
        "陪老人去高血压门诊，全程轮椅",
        "请导诊台帮忙，把单子交给护士长",
        "",
    ],
)
def test_not_found(text: str) -> None:
    """Ordinary notes of a visit name nobody."""
    assert look(text) == []


@given(
    st.text("陪老人取药。，0 ", max_size=12),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", " ", "-"]),
)
def test_a_phone_number_is_never_missed(before: str, phone: str, between: str) -> None:
    """Wherever it stands and however it is spaced; places are those of the text."""
    text = f"{before}，{between.join(phone)}。"
    found = look(text)
    assert found
    assert all(text[one.first - 1 : one.last] == one.text for one in found)
