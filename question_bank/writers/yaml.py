"""Write questions and blueprints as files of our own format; reading them back gives the equal ones.

Writes text, never files. Sources go into the document's table; where two questions mean different
sources by the same id, or are of different format versions, a new document begins.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from question_bank.blueprint import Blueprint, dump_blueprint
from question_bank.body import dump
from question_bank.question import Question

FORMAT = "peizhen.questions"


def write_questions(questions: Iterable[Question], about: Mapping[str, Any] | None = None) -> str:
    """Write questions in their order. ``about`` becomes ``set``: id, title, edition."""
    documents: list[dict[str, Any]] = []
    for question in questions:
        body = dump(question)
        version = body.pop("format_version")
        del body["format"]
        sources: dict[str, Any] = {}
        _hoist_sources(body, sources)
        last = documents[-1] if documents else None
        if last is None or last["format_version"] != version or _clash(last["sources"], sources):
            last = {"format": FORMAT, "format_version": version}
            last |= {"set": dict(about)} if about else {}
            last |= {"sources": {}, "questions": []}
            documents.append(last)
        last["sources"].update(sources)
        last["questions"].append(body)
    return _text(documents)


def _hoist_sources(body: dict[str, Any], table: dict[str, Any]) -> None:
    """Move sources into the table and leave their ids; load() made ids agree inside a question."""
    if "sources" in body:
        for source in body["sources"]:
            table[source["id"]] = {name: value for name, value in source.items() if name != "id"}
        body["sources"] = [source["id"] for source in body["sources"]]
    for part in body.get("questions", []):
        _hoist_sources(part, table)


def _clash(table: Mapping[str, Any], more: Mapping[str, Any]) -> bool:
    return any(table.get(name, source) != source for name, source in more.items())


def write_blueprint(blueprint: Blueprint) -> str:
    """Write one blueprint."""
    return _text([dump_blueprint(blueprint)])


class _Dumper(yaml.SafeDumper):
    """Writes lists and mappings in full each time: our reader refuses anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _write_str(dumper: _Dumper, text: str) -> yaml.Node:
    """Write signs that some reader takes for a line end, or not at all, as escapes."""
    style = '"' if _ODD.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _write_str)


def _text(documents: list[dict[str, Any]]) -> str:
    return yaml.dump_all(
        documents,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
        explicit_start=True,
    )
