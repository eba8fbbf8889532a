"""script/translations: the English catalogues, brought up to date with the code or checked.

The sentences in the code are Chinese and are their own message ids (docs/decisions/0002); those of
the pure package `question_bank` have a catalogue of their own. It deliberately guesses nothing: a
new sentence gets an empty translation, and the check stays red until a person has written it.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, TemplateSyntaxError

from script.support import sentences
from script.support.terminal import ROOT, say

SOURCES = ROOT / "app"
CATALOGUE = ROOT / "app" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
OF_QUESTIONS = CATALOGUE.with_name("question_bank.po")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
}
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
PLACEHOLDER = re.compile(r"%\((\w+)\)")
JINJA = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
# A fixed date: a catalogue that only has a new date is a change without content.
MADE = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    """Update the catalogue, or with --check list every fault and give 1."""
    parser = argparse.ArgumentParser(prog="script/translations", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say what is missing")
    only_check = parser.parse_args().check
    broken = list(syntax_faults(SOURCES / "templates"))
    if broken:
        say("\n".join(broken))
        return 1
    faults = []
    for path, template in ((CATALOGUE, extract()), (OF_QUESTIONS, sentences.collect())):
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(updated(read(path), template)))
        found = list(catalogue_faults(read(path), template))
        say(f"{len(template)} sentences, {len(found)} faults in {path.relative_to(ROOT)}")
        faults += found
    faults += template_faults(SOURCES / "templates")
    for fault in faults:
        say(fault)
    return 1 if faults and only_check else 0


def extract(folder: Path = SOURCES) -> Catalog:
    """Collect every sentence marked for translation, with the places where it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(project="Peizhen", fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        folder, methods, options, keywords=KEYWORDS
    ):
        place = (f"{folder.name}/{name}", line)
        found.add(message, None, [place], auto_comments=comments, context=context)
    return found


def read(path: Path) -> Catalog:
    """Read a catalogue; a missing one is an empty one."""
    if not path.exists():
        return Catalog(locale="en", project="Peizhen", fuzzy=False, creation_date=MADE)
    with path.open("rb") as file:
        return read_po(file, locale="en")


def updated(catalogue: Catalog, template: Catalog) -> Catalog:
    """Add what is new and set aside what is gone, keeping every translation ever written."""
    for message in list(catalogue.obsolete.values()):
        catalogue[message.id] = message  # a sentence may come back, as on another branch
    catalogue.obsolete.clear()
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.creation_date = catalogue.revision_date = MADE
    return catalogue


def render(catalogue: Catalog) -> bytes:
    """Write a catalogue without line numbers, so that moving code changes no translation file."""
    file = BytesIO()
    write_po(file, catalogue, width=100, no_location=True, sort_output=True)
    return file.getvalue()


def catalogue_faults(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Name every sentence of the code that has no sound English translation, with its place."""
    for wanted in template:
        if not wanted.id:
            continue
        name, line = wanted.locations[0]
        there = catalogue.get(wanted.id, wanted.context)
        for reason in _reasons(there):
            yield f"{name}:{line}: {reason}: {_shown(wanted)}"


def _reasons(message: Message | None) -> Iterator[str]:
    if message is None:
        yield "not in the catalogue (run script/translations)"
        return
    strings = _forms(message.string)
    if not all(strings):
        yield "no English translation"
    elif message.fuzzy:
        yield "translation marked fuzzy: check it and remove the mark"
    # All forms together: English says "1 question" without the number's placeholder.
    elif _placeholders(strings) != _placeholders(_forms(message.id)):
        yield f"placeholders differ ({' '.join(strings)})"


def _forms(text: str | Sequence[str] | None) -> list[str]:
    """Give singular and plural as a list, whatever shape the catalogue keeps them in."""
    return [text or ""] if isinstance(text, str) or text is None else list(text)


def _placeholders(strings: list[str]) -> set[str]:
    return {name for string in strings for name in PLACEHOLDER.findall(string)}


def _shown(message: Message) -> str:
    return repr(_forms(message.id)[0])


def syntax_faults(folder: Path) -> Iterator[str]:
    """Name every template that cannot be parsed; nothing can be extracted before it is mended."""
    for path in sorted(folder.rglob("*.html")):
        try:
            JINJA.parse(path.read_text(encoding="utf-8"))
        except TemplateSyntaxError as error:
            yield f"{path.relative_to(folder.parent.parent)}:{error.lineno}: {error.message}"


def template_faults(folder: Path) -> Iterator[str]:
    """Name every place of a template that shows Chinese to a reader of English.

    Text between tags is such a place unless {% trans %} surrounds it; a string in an expression
    is not looked at, for it may be an argument of _().
    """
    for path in sorted(folder.rglob("*.html")):
        translated = False
        previous = ""
        source = path.read_text(encoding="utf-8")
        for line, kind, value in JINJA.lex(source):
            if previous == "block_begin" and kind == "name" and value in ("trans", "endtrans"):
                translated = value == "trans"
            if kind == "data" and not translated:
                for match in CHINESE.finditer(value):
                    tag = value[: match.start()].rpartition("<")[2]
                    if 'lang="zh' in tag:
                        continue  # meant to be Chinese for everyone, as the language's own name
                    place = line + value[: match.start()].count("\n")
                    name = path.relative_to(folder.parent.parent)
                    yield f"{name}:{place}: Chinese outside of _(): {match.group()!r}"
            if kind != "whitespace":
                previous = kind


if __name__ == "__main__":
    sys.exit(main())
