"""Read one blueprint (双向细目表) from a YAML file, with the line of every fault."""

from dataclasses import dataclass
from pathlib import Path

from question_bank.blueprint import Blueprint, load_blueprint
from question_bank.question import QuestionError
from question_bank.readers.marked_yaml import YamlProblem, decode, read_documents
from question_bank.readers.report import Problem

BLUEPRINTS = "blueprints"  # the folder of a question bank that holds them


@dataclass(frozen=True, slots=True)
class BlueprintReport:
    """The blueprint, or None and why."""

    blueprint: Blueprint | None
    problems: tuple[Problem, ...]


def read_blueprint(data: bytes, file: str) -> BlueprintReport:
    """Read one file that holds one blueprint; ``file`` is only the name used in problems."""
    text = decode(data)
    if isinstance(text, YamlProblem):
        return BlueprintReport(None, (Problem(file, text.line, "", "", text.message),))
    documents, found = read_documents(text)
    problems = [Problem(file, problem.line, "", "", problem.message) for problem in found]
    if not problems and len(documents) != 1:
        message = f"一份细目表文件应当正好有一张表，这里有 {len(documents)} 张，请分开。"
        problems.append(Problem(file, 1, "", "", message))
    if problems:
        return BlueprintReport(None, tuple(problems))
    try:
        return BlueprintReport(load_blueprint(documents[0].value), ())
    except QuestionError as error:
        return BlueprintReport(
            None,
            tuple(
                Problem(file, documents[0].line(fault.path), "", fault.place, fault.message)
                for fault in error.faults
            ),
        )


def read_blueprints(folder: Path) -> list[BlueprintReport]:
    """Read every blueprint file of a question bank's folder, in order of name.

    An id used by two files is a problem of the second.
    """
    reports: list[BlueprintReport] = []
    seen: dict[str, str] = {}
    for path in sorted((folder / BLUEPRINTS).glob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        report = read_blueprint(path.read_bytes(), name)
        if report.blueprint is not None:
            first = seen.setdefault(report.blueprint.id, name)
            if first != name:
                message = f"细目表编号 {report.blueprint.id} 已在 {first} 用过，请换一个。"
                report = BlueprintReport(None, (Problem(name, 1, "", "id", message),))
        reports.append(report)
    return reports
