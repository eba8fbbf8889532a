"""Read question files in our own format, ``peizhen.questions`` 1.x (one or several documents).

A file carries ``defaults`` that are copied into each question and a table of ``sources`` that
questions name by id; what comes out are complete questions. Reads text and folders of files, and
never writes anywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from question_bank.body import FORMAT as QUESTION_FORMAT
from question_bank.body import VERSION, check, load
from question_bank.fields import Fields, read_version
from question_bank.kinds import FORMAT_KINDS
from question_bank.question import Fault, Path, Question, QuestionError, UnsupportedKindError
from question_bank.readers.blueprint_yaml import BLUEPRINTS
from question_bank.readers.marked_yaml import Document, YamlProblem, decode, read_documents
from question_bank.readers.report import ImportReport, Problem, Skipped

FORMAT = "peizhen.questions"


@dataclass(slots=True)
class _Reading:
    """What is being collected, over all documents and files of one reading."""

    file: str
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unreadable: bool = False
    first_seen: dict[str, str] = field(default_factory=dict)  # id -> "file:line"

    def problem(self, line: int, message: str, item: str = "", place: str = "") -> None:
        self.problems.append(Problem(self.file, line, item, place, message))

    def report(self) -> ImportReport:
        return ImportReport(
            tuple(self.questions), tuple(self.problems), tuple(self.skipped), self.unreadable
        )


def read_questions(data: bytes, file: str) -> ImportReport:
    """Read one file; ``file`` is only the name used in problems."""
    reading = _Reading(file)
    _read_into(reading, data)
    return reading.report()


def read_files(files: Iterable[tuple[str, bytes]]) -> ImportReport:
    """Read several files as one bank: ids must be unique and enemies known across all of them."""
    reading = _Reading("")
    for name, data in files:
        reading.file = name
        _read_into(reading, data)
    _check_enemies(reading)
    return reading.report()


def read_folder(folder: FilePath) -> ImportReport:
    """Read every ``*.yaml`` below a folder, in order of name; names are relative to it.

    Files in its folder ``blueprints`` are left to ``read_blueprints``.
    """
    names = [name for name in sorted(folder.rglob("*.yaml")) if name.parent != folder / BLUEPRINTS]
    return read_files((name.relative_to(folder).as_posix(), name.read_bytes()) for name in names)


def _read_into(reading: _Reading, data: bytes) -> None:
    text = decode(data)
    if isinstance(text, YamlProblem):
        reading.problem(text.line, text.message)
        reading.unreadable = True
        return
    documents, problems = read_documents(text)
    for problem in problems:
        reading.problem(problem.line, problem.message)
        reading.unreadable |= problem.fatal
    if not documents and not problems:
        reading.problem(1, "文件是空的，没有题目。")
    for document in documents:
        _read_document(reading, document)


def _read_document(reading: _Reading, document: Document) -> None:
    if not isinstance(document.value, Mapping):
        reading.problem(document.line(()), f"文件开头应当是 format: {FORMAT}，请按样例的格式写。")
        reading.unreadable = True
        return
    faults: list[Fault] = []
    head = Fields(document.value, (), faults, keep_unknown=False)
    version = read_version(head, FORMAT, VERSION)
    if version is None:
        reading.unreadable = True
    else:
        head.keep_unknown = version[1]
        _read_questions(reading, document, head, version[0])
    for fault in faults:
        reading.problem(document.line(fault.path), fault.message, place=fault.place)


def _read_questions(
    reading: _Reading, document: Document, head: Fields, format_version: str
) -> None:
    head.take("set")
    defaults = head.mapping("defaults")
    sources = head.mapping("sources")
    bodies = head.mappings("questions")
    if not bodies:
        head.fault("questions", "没有题目，请在 questions 下面写上题目。")
    head.rest()
    for body in bodies:
        complete = {**(defaults.body if defaults else {}), **body.body}
        complete |= {"format": QUESTION_FORMAT, "format_version": format_version}
        _read_question(reading, document, body, _Table(sources).resolve(complete))


class _Table:
    """The file's table of sources; puts the whole source where a question names its id."""

    def __init__(self, sources: Fields | None) -> None:
        self.sources = sources.body if sources else {}
        self.unknown: list[Fault] = []

    def resolve(self, body: dict[str, Any]) -> "tuple[dict[str, Any], list[Fault]]":
        return self._resolve(body, ()), self.unknown

    def _resolve(self, body: dict[str, Any], path: Path) -> dict[str, Any]:
        names = body.get("sources")
        if isinstance(names, list):
            found = [self._source(name, (*path, "sources", at)) for at, name in enumerate(names)]
            body = body | {"sources": [source for source in found if source is not None]}
        parts = body.get("questions")
        if isinstance(parts, list):
            body = body | {
                "questions": [
                    self._resolve(dict(part), (*path, "questions", at))
                    if isinstance(part, Mapping)
                    else part
                    for at, part in enumerate(parts)
                ]
            }
        return body

    def _source(self, name: object, path: Path) -> dict[str, Any] | None:
        source = self.sources.get(name) if isinstance(name, str) else None
        if isinstance(source, Mapping):
            return {**source, "id": name}
        self.unknown.append(Fault(path, f"文件的 sources 里没有“{name}”，请补上来源或改正编号。"))
        return None


def _read_question(
    reading: _Reading,
    document: Document,
    fields: Fields,
    resolved: tuple[dict[str, Any], list[Fault]],
) -> None:
    body, faults = resolved
    line = document.line(fields.path)
    item = body.get("id") if isinstance(body.get("id"), str) else ""
    item = str(item)
    if _already_seen(reading, item, line):
        return
    try:
        question = load(body)
    except UnsupportedKindError as error:
        newer = int(body["format_version"].split(".")[1]) > VERSION[1]
        if error.kind in FORMAT_KINDS or newer:
            reading.skipped.append(
                Skipped(reading.file, line, item, error.kind, error.faults[0].message)
            )
            return
        faults = [*faults, *error.faults]
    except QuestionError as error:
        faults = [*faults, *error.faults]
    else:
        faults = [*faults, *check(question)]
        if not faults:
            reading.questions.append(question)
    for fault in faults:
        place = _line_of(document, fields.path, fault.path)
        reading.problem(place, fault.message, item, fault.place)


def _line_of(document: Document, question: Path, inside: Path) -> int:
    """Find the line of a fault: in the question, or in the defaults where the field came from."""
    in_defaults = ("defaults", *inside[:1])
    if inside and (*question, inside[0]) not in document.lines and in_defaults in document.lines:
        return document.line(("defaults", *inside))
    return document.line((*question, *inside))


def _already_seen(reading: _Reading, item: str, line: int) -> bool:
    if not item:
        return False
    first = reading.first_seen.setdefault(item, f"{reading.file}:{line}")
    if first == f"{reading.file}:{line}":
        return False
    reading.problem(line, f"编号 {item} 已在 {first} 用过，这一道没有读入，请换一个编号。", item)
    return True


def _check_enemies(reading: _Reading) -> None:
    for question in reading.questions:
        for enemy in question.enemies:
            if enemy not in reading.first_seen:
                file, _, line = reading.first_seen[question.id].rpartition(":")
                message = f"互斥题 {enemy} 不在题库文件里，请核对编号。"
                reading.problems.append(Problem(file, int(line), question.id, "enemies", message))
