"""提交文件题: pictures, a recording or a document, marked by people with a rubric.

A response names files that are kept elsewhere; their bytes never pass here. Whether a file really
is what it says it is, is checked where it is received.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds.base import BY_PEOPLE, UNANSWERED, Order, common_key_faults
from question_bank.kinds.short_answer import NO_MARKERS_YET, mark_for_people, say_rubric
from question_bank.pieces import UPLOAD_KINDS, GivenFile
from question_bank.question import Fault, Question, Response, ResponseFormatError
from question_bank.rubric import read_rubric, rubric_faults, write_rubric

MOST_FILES = 10
LARGEST_MB = 100
LONGEST_NAME = 200
LABELS = {"picture": "图片", "audio": "录音", "video": "录像", "document": "文档"}
# Media types by kind; a prefix ends with a slash.
MEDIA_TYPES = {
    "picture": ("image/jpeg", "image/png", "image/webp"),
    "audio": ("audio/",),
    "video": ("video/",),
    "document": (
        "application/pdf",
        "text/plain",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
}
_SHA256 = re.compile("[0-9a-f]{64}")
_NAMES = ("sha256", "name", "size", "media_type")


class Upload:
    """Raw response: a list of ``{"sha256", "name", "size" (bytes), "media_type"}``."""

    name = "upload"
    label = "提交文件题"
    fields: tuple[str, ...] = ("accepts", "most_files", "largest_mb", "rubric", "model_answer")
    rules: tuple[str, ...] = ()
    shuffles = False
    has_parts = False
    marked_by = BY_PEOPLE
    examinable = False
    why_not = NO_MARKERS_YET.format(label=label)

    def read(self, fields: Fields) -> dict[str, Any]:
        return {
            "accepts": fields.texts("accepts"),
            "most_files": fields.whole("most_files", default=1),
            "largest_mb": fields.whole("largest_mb", default=10),
            "rubric": read_rubric(fields),
            "model_answer": fields.text("model_answer"),
        }

    def write(self, question: Question) -> dict[str, Any]:
        return {
            "accepts": list(question.accepts),
            "most_files": question.most_files,
            "largest_mb": question.largest_mb,
            "rubric": write_rubric(question.rubric),
        } | ({"model_answer": question.model_answer} if question.model_answer else {})

    def faults(self, question: Question) -> list[Fault]:
        faults = rubric_faults(question)
        unknown = [one for one in question.accepts if one not in UPLOAD_KINDS]
        if unknown or not question.accepts:
            message = f"请在 accepts 里写上可以交什么：{'、'.join(UPLOAD_KINDS)}。"
            faults.append(Fault(("accepts",), message))
        if question.most_files > MOST_FILES:
            faults.append(Fault(("most_files",), f"最多 {MOST_FILES} 个文件，请改小。"))
        if question.largest_mb > LARGEST_MB:
            faults.append(Fault(("largest_mb",), f"每个文件最大 {LARGEST_MB} MB，请改小。"))
        return faults

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        if order:
            raise ValueError(f"{question.id}: files have no other order")
        return {
            "accepts": list(question.accepts),
            "most_files": question.most_files,
            "largest_mb": question.largest_mb,
        }

    def key_of(self, question: Question) -> dict[str, Any]:
        return {}

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        return common_key_faults(question, key)

    def parse(self, question: Question, raw: object) -> Response:
        if raw is None or raw == "" or raw == []:
            return Response()
        if not isinstance(raw, list | tuple):
            raise ResponseFormatError("提交的应当是文件，没有计入。请刷新页面后重新上传。")
        files = tuple(_given(question, one) for one in raw)
        if len(files) > question.most_files:
            message = (
                f"交了 {len(files)} 个文件，最多 {question.most_files} 个，没有计入。请删去几个。"
            )
            raise ResponseFormatError(message)
        if len({one.sha256 for one in files}) != len(files):
            raise ResponseFormatError("同一个文件交了两次，没有计入。请删去一个。")
        return Response(files=files)

    def raw(self, question: Question, response: Response) -> Any:
        return [{name: getattr(one, name) for name in _NAMES} for one in response.files] or None

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        return mark_for_people(question, key, response, rule)

    def in_words(self, question: Question, response: Response) -> str:
        return "；".join(one.name for one in response.files) or UNANSWERED

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        return say_rubric(question)


def _given(question: Question, raw: object) -> GivenFile:
    if not isinstance(raw, Mapping) or set(raw) != set(_NAMES):
        raise ResponseFormatError("文件的登记不完整，没有计入。请刷新页面后重新上传。")
    sha256, name, size, media_type = (raw[one] for one in _NAMES)
    if (
        not all(isinstance(one, str) for one in (sha256, name, media_type))
        or isinstance(size, bool)
        or not isinstance(size, int)
        or size < 1
        or not _SHA256.fullmatch(sha256)
        or not 0 < len(name) <= LONGEST_NAME
        or not name.isprintable()
    ):
        raise ResponseFormatError("文件的登记不完整，没有计入。请刷新页面后重新上传。")
    if size > question.largest_mb * 1_000_000:
        message = f"“{name}”超过 {question.largest_mb} MB，没有计入。请压缩后重新上传。"
        raise ResponseFormatError(message)
    if not any(
        media_type == one or (one.endswith("/") and media_type.startswith(one))
        for kind in question.accepts
        for one in MEDIA_TYPES.get(kind, ())
    ):
        allowed = "、".join(LABELS[kind] for kind in question.accepts if kind in LABELS)
        raise ResponseFormatError(f"“{name}”不是{allowed}，没有计入。请换一个文件。")
    return GivenFile(sha256, name, size, media_type)
