"""Look for persons in free text before it is saved: names, identity and phone numbers. Pure.

Finds what looks like one, with its place, so that the writer can take it out; nothing is changed or
kept here. It is a net, not a proof: a rare name in the middle of a sentence slips through. Numbers
are looked for generously (also with blanks, full-width or written 一三八), names by their surroundings:
a surname with an address (张阿姨), after a label (姓名：李四), or with signs usual in given names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SINGLE = (
    "王李张刘陈杨赵黄吴周徐孙胡朱林郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤高马于常施牛洪季俞章鲁葛殷翁樊倪庞颜柯聂包阮焦裘"
)
_DOUBLE = "欧阳|上官|司马|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|端木|申屠"
_SURNAME = f"(?:{_DOUBLE}|[{_SINGLE}])"
_HAN = r"[\u3400-\u9fff]"
_TITLE = (
    "阿姨|阿婆|阿公|阿爷|伯伯|伯母|爷叔|爷爷|奶奶|婆婆|老伯|老太|老先生|大爷|大妈|大娘|大伯|大姐|大哥|叔叔|婶婶|外公|外婆|"
    "先生|女士|小姐|太太|师傅|医生|大夫|护士|主任|老师"
)
_LABEL = "姓名|名字|名叫|叫做|患者|病人|老人|老伯|阿姨|阿婆|爷叔|伯伯|奶奶|爷爷|家属|儿子|女儿|老伴|联系人|服务对象"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国兰玉梅凤珍琴红文志林慧斌宇浩凯健俊帆帅鹏飞宏峰辉婷雪玲萍莉燕云莲爱"
    "荣淑惠香美巧琳琪瑶倩怡欣佳瑞祥福贵德根宝庆泉生坤龙虎彪富仁义礼智信忠诚康宁安和顺阿妹娣弟囡毅波海山川涌泽润东南春夏秋冬"
    "光亮耀星月晨旭晓昕晶莹洁纯真善贞雅娴芬菊荷桃杏松柏竹青翠碧彩霓虹良才学武振兴卫民立新成大永长世家维继承先祖耀宗光"
)
# Words that begin with a sign which is also a surname: 老人高兴 is nobody called 高.
_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        高兴 高血 高压 高龄 安静 方便 方向 何时 何处 何事 任何 任务 金额 石膏
        石头 白天 白内 白色 江边 段时 万一 严重 武断 向医 向护 向前 向家 马上
        于是 于明 常常 常规 常见 包括 包里 包好 施药 章程 洪亮 牛奶 季节 黄色 黄疸
        程度 范围 余额 余下 叶酸 任选 钱款 钱包 钟后 钟点 龙头 史料 毛病 毛衣
        孔明 汤药 汤水 夏天 夏季 雷雨 贺卡 顾虑 陶醉 曾经 曾有 曾在 曾做 周一
        周二 周三 周四 周五 周六 周日 周末 周围 陈述 陈旧 许可 许多 杜绝 谢谢
        谢过 肖像 田径 付款 付钱 付费 付了 和家 郑重 焦虑 颜色 单独 常来 常去
        高烧 高低 方才 平稳 金属 林荫 成人 于上 于下 毛巾 白细 石块 马桶 武装
        """,
    )
)

_NAME_WITH_TITLE = re.compile(rf"(?:{_DOUBLE}|[{_SINGLE}]){_HAN}{{0,2}}?(?:{_TITLE})")
_CALLED = "王李张刘陈杨赵吴徐朱郭罗梁宋唐许韩邓曹彭董袁潘蒋蔡沈姚卢姜崔谭陆汪廖贾薛邹戴"
_SMALL = re.compile(rf"[老小](?:[{_CALLED}]|[{_SINGLE}](?!{_HAN}))")
_GIVEN_TO = re.compile(
    rf"(?:给|叫|陪|和|跟|由|让|请|帮|接|送|扶)(?P<name>{_SURNAME}{_HAN})(?!{_HAN})"
)
_TWO_SIGNS = re.compile(rf"(?:{_DOUBLE})[{_GIVEN}]{{1,2}}")
_LABELLED = re.compile(rf"(?:{_LABEL})(?:[:：是叫为 ]\s*)?(?P<name>{_SURNAME}{_HAN}{{1,2}})")
_KIN = "姓名|名字|名叫|叫做|家属|儿子|女儿|老伴|联系人"
"""Labels after which a short name is likely even in the middle of a sentence: 儿子李强来接."""
_KIN_NAMED = re.compile(rf"(?:{_KIN})(?P<name>{_SURNAME}[{_GIVEN}])")
_MARKED = re.compile(rf"(?:{_LABEL}|我叫|叫)[:：]\s*(?P<name>{_SURNAME}{_HAN}{{0,2}})")
_PLAIN = re.compile(rf"{_SURNAME}[{_GIVEN}]{{2}}")
_ALONE = re.compile(rf"(?<!{_HAN}){_SURNAME}[{_GIVEN}](?!{_HAN})")

_DIGITS = str.maketrans("０１２３４５６７８９〇零一二三四五六七八九ｘＸ", "012345678900123456789xX")
_RUN = re.compile(r"\d(?:[ \t\-－—–_.·、]?\d){5,}(?:[ \-]?[xX](?![A-Za-z]))?")
_DATE = re.compile(r"(?:19|20)\d\d[\-.－—]?(?:0?[1-9]|1[0-2])[\-.－—]?(?:[0-2]?\d|3[01])")
_FEWEST_DIGITS = 7
"""A city number without its area code has eight digits, an old one seven."""


@dataclass(frozen=True)
class Found:
    """Something that points to a person: `name`, `identity`, `phone`, `number`; places from 1."""

    kind: str
    text: str
    first: int
    last: int


def look(text: str) -> list[Found]:
    """Return what points to a person, in the order of the text; nothing overlaps."""
    found = sorted([*_numbers(text), *_names(text)], key=lambda one: (one.first, -one.last))
    kept: list[Found] = []
    for one in found:
        if not kept or one.first > kept[-1].last:
            kept.append(one)
    return kept


def _numbers(text: str) -> list[Found]:
    plain = text.translate(_DIGITS)
    found = []
    for run in _RUN.finditer(plain):
        digits = re.sub(r"[^0-9xX]", "", run[0])
        if len(digits) < _FEWEST_DIGITS or _DATE.fullmatch(run[0].strip()):
            continue
        found.append(_found(_kind_of(digits), text, run.start(), run.end()))
    return found


def _kind_of(digits: str) -> str:
    if len(digits) in {15, 18}:
        return "identity"
    national = digits.removeprefix("86") if len(digits) == 13 else digits
    if (len(national) == 11 and national[0] == "1") or (len(digits) == 11 and digits[0] == "0"):
        return "phone"
    return "phone" if len(digits) in {7, 8} else "number"


def _names(text: str) -> list[Found]:
    found = [
        _found("name", text, *one.span())
        for pattern in (_NAME_WITH_TITLE, _PLAIN, _ALONE, _TWO_SIGNS)
        for one in pattern.finditer(text)
        if not _is_word(one[0])
    ]
    for pattern in (_LABELLED, _KIN_NAMED, _MARKED, _GIVEN_TO):
        for one in pattern.finditer(text):
            if not _is_word(one["name"]) and _may_be_name(one["name"], text, one.end()):
                found.append(_found("name", text, *one.span("name")))
    found += [
        _found("name", text, *one.span())
        for one in _SMALL.finditer(text)
        if one[0] not in {"小夏", "老汤", "小方", "小段", "小石", "小路", "小包"}
    ]
    return found


def _is_word(said: str) -> bool:
    return said[:2] in _WORDS


def _may_be_name(name: str, text: str, end: int) -> bool:
    """After a label without a colon: usual signs of a name, or the words end with it."""
    given = name[1:]
    return all(sign in _GIVEN for sign in given) or not re.match(_HAN, text[end : end + 1])


def _found(kind: str, text: str, start: int, end: int) -> Found:
    return Found(kind, text[start:end], start + 1, end)
