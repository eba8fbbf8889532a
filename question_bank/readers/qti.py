"""Read QTI 2.1: a package with its manifest, or one item. Simple items only, the others by name.

An item is read when it has one interaction we know (or text entries only) and is marked by
match_correct, map_response, or the two written-out forms ``writers/qti.py`` uses. Adaptive items,
templates and other response processing would be marked otherwise here and are skipped.
"""

import posixpath
from typing import Any
from urllib.parse import unquote

from lxml import etree

from question_bank.readers.collecting import (
    NO_DEFAULTS,
    RULE_TAG,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.encoding import UndecodableError, decode_text
from question_bank.readers.free_answers import NotMarkableError
from question_bank.readers.opening import Opened
from question_bank.readers.qti_item import QtiItem
from question_bank.readers.qti_kinds import INTERACTIONS, read_interaction
from question_bank.readers.report import ImportReport
from question_bank.readers.safe_xml import (
    BrokenXmlError,
    UnsafeXmlError,
    local_name,
    parse,
)
from question_bank.readers.safe_zip import Archive, UnsafeArchiveError
from question_bank.readers.weights import WeightsError

_FAULTS = (BrokenXmlError, UnsafeXmlError, UndecodableError, UnsafeArchiveError, KeyError)
MAX_ELEMENTS = 3_000  # in one item
_RULED = ("fill_in", "ordering", "single_choice", "true_false", "numeric")


def read_qti(
    opened: Opened, file: str, defaults: Defaults = NO_DEFAULTS, tick: Tick | None = None
) -> ImportReport:
    """Read a package or an item that ``open_source`` opened."""
    collector = Collector(file, "qti", opened.encoding, defaults, tick)
    try:
        if opened.archive is None:
            _read_item(collector, parse(opened.text), "", "", [], None)
        else:
            _read_package(collector, opened.archive)
    except TooMuchError as error:
        collector.problem(1, str(error))
    except _FAULTS as error:
        collector.problem(getattr(error, "line", 1), str(error), place="imsmanifest.xml")
        collector.unreadable = True
    return collector.report()


def _read_package(collector: Collector, archive: Archive) -> None:
    manifest = parse(decode_text(archive.read("imsmanifest.xml")).text)
    resources = [one for one in manifest.iter() if local_name(one) == "resource"]
    items = [one for one in resources if (one.get("type") or "").startswith("imsqti_item")]
    for done, resource in enumerate(items, start=1):
        href = posixpath.normpath(unquote(resource.get("href") or ""))
        item_id = _texts(resource, "entry")
        tags = _texts(resource, "string")
        try:
            root = parse(decode_text(archive.read(href)).text)
        except _FAULTS as error:
            told = (
                "压缩包里没有这个文件，请重新导出。" if isinstance(error, KeyError) else str(error)
            )
            collector.problem(getattr(error, "line", 1), told, place=href)
            continue
        _read_item(collector, root, href, item_id[0] if item_id else "", tags, archive)
        collector.progress(done, len(items))
    if not items:
        collector.problem(
            1, "清单里没有 QTI 2.1 题目，请从原系统重新导出。", place="imsmanifest.xml"
        )


def _texts(resource: etree._Element, name: str) -> list[str]:
    return [(one.text or "").strip() for one in resource.iter() if local_name(one) == name]


def _read_item(
    collector: Collector,
    root: etree._Element,
    href: str,
    item_id: str,
    tags: list[str],
    archive: Archive | None,
) -> None:
    item = QtiItem(root, href, archive)
    name = item_id or root.get("title") or root.get("identifier") or ""
    if local_name(root) != "assessmentItem":
        collector.problem(
            1, "这个文件不是 QTI 2.1 的题目（assessmentItem），请重新导出。", name, href
        )
        return
    found = [one for one in item.body.iter() if local_name(one).endswith("Interaction")]
    kind = "+".join(dict.fromkeys(local_name(one) for one in found)) or "text"
    rule_tag = next((tag[len(RULE_TAG) :] for tag in tags if tag.startswith(RULE_TAG)), "")
    try:
        if root.get("adaptive") == "true" or item.has("templateDeclaration"):
            raise NotMarkableError("自适应或带模板变量的题，本系统不能同样评分，没有读入。")
        if len(list(item.body.iter())) > MAX_ELEMENTS:
            raise WeightsError(f"一道题里的标记超过 {MAX_ELEMENTS} 个，没有读入，请拆开。")
        if kind not in INTERACTIONS:
            raise NotMarkableError(f"本系统没有这种作答方式（{kind[:80]}），这道题没有读入。")
        values = read_interaction(item, kind, found, rule_tag)
    except WeightsError as error:
        collector.problem(1, str(error), name, href)
        return
    except NotMarkableError as error:
        collector.skip(1, kind, str(error), name)
        return
    if rule_tag and "rule" not in values and values["kind"] in _RULED:
        values["rule"] = "" if rule_tag == "default" else rule_tag
    if collector.add(1, kind, values | _common(item, item_id, tags), href):
        collector.attachments.update(item.attachments)
        for message in item.remarks:
            collector.lacks(1, message, name, href)
        for message in item.hints:
            collector.note(1, message, name, href)


def _common(item: QtiItem, item_id: str, tags: list[str]) -> dict[str, Any]:
    title = (item.root.get("title") or "").strip()
    return {
        "id": item_id,
        "tags": [tag for tag in tags if not tag.startswith(RULE_TAG)],
        "explanation": item.explanation(),
        "extra": {"x_name": title} if title and title != item_id else {},
        "media": tuple(item.media),
    }
