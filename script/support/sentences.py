"""The Chinese sentences of the pure package `question_bank`, found in its source for the catalogue.

With them go those that the application keeps or words anew for a page (`app/bank/kept_words.py`).
The package speaks Chinese and knows of no other language. What it says to people is told from what
is data by where it stands: whole files hold data, a pattern is recognised by its signs, and single
words count only as values of a mapping or as what a function gives or puts together.
An `{expression}` becomes a placeholder named after it, as `%(name)s`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog

from script.support.terminal import ROOT

PACKAGE = ROOT / "question_bank"
KEPT = ROOT / "app" / "bank" / "kept_words.py"
# Column names, answers' spellings, pinyin, and what is written into files: data, not sentences.
DATA = frozenset(
    {
        "folding.py", "readers/docx_numbers.py", "readers/headers.py", "readers/table_words.py",
        "writers/excel.py", "writers/excel_guide.py", "writers/table.py", "writers/word.py",
    }
)  # fmt: skip
# These hold words of files; only what they refuse is said to somebody.
WHOLE_SENTENCES = frozenset({"writers/plain.py", "readers/answers.py"})
_CHINESE = re.compile(r"[\u3400-\u9fff。]")
_PATTERN = re.compile(r"\(\?|\\[sdw]|\[\^|\]\*|\{\d,\d?|^\^")
_NAMED = re.compile(r"(?<![{\\])\{(\w+)\}(?!\})")
_WORD = re.compile(r"[A-Za-z_]\w*")
_NO_NAME = frozenset(
    {"len", "str", "ord", "chr", "join", "start", "end", "group", "error", "args", "self"}
)
_LOOKING = frozenset(
    {"frozenset", "dict", "startswith", "endswith", "strip", "lstrip", "rstrip", "split",
     "removesuffix", "replace", "count", "get", "maketrans"}
)  # fmt: skip


def collect(folder: Path = PACKAGE) -> Catalog:
    """Return every sentence and every piece of one, with the place where it stands."""
    found = Catalog(project="Peizhen", fuzzy=False)
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if name in DATA:
            continue
        for line, message in sentences(path.read_text(encoding="utf-8")):
            if name in WHOLE_SENTENCES and not message.endswith("。"):
                continue
            found.add(message, None, [(f"{folder.name}/{name}", line)])
    for line, message in listed(KEPT.read_text(encoding="utf-8")):
        found.add(message, None, [(KEPT.relative_to(ROOT).as_posix(), line)])
    return found


def listed(source: str) -> Iterator[tuple[int, str]]:
    """Give each message of the lists of a module, which are written as messages already."""
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign):
            for node in ast.walk(statement.value):
                if isinstance(node, ast.Constant) and _CHINESE.search(str(node.value)):
                    yield node.lineno, str(node.value)


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """Give each sentence of a module as a message, with its line."""
    tree = ast.parse(source)
    skipped = {id(node) for node in _not_said(tree)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            message = _formatted(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            message = _NAMED.sub(r"%(\1)s", node.value.replace("%", "%%"))
        else:
            continue
        if _CHINESE.search(message) and not _PATTERN.search(message):
            yield node.lineno, message


def _not_said(tree: ast.AST) -> Iterator[ast.AST]:
    """Give what no one is told: docstrings, names of fields, words that are looked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.body and isinstance(node.body[0], ast.Expr):
                yield node.body[0].value
        elif isinstance(node, ast.JoinedStr):
            yield from (piece for piece in node.values if isinstance(piece, ast.Constant))
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript):
            yield from ast.walk(node.slice)
        elif isinstance(node, ast.Tuple | ast.List):
            yield from (one for one in node.elts if _is_word(one))
        elif isinstance(node, ast.Set | ast.Compare) or _looks_for(node):
            yield from ast.walk(node)


def _is_word(node: ast.AST) -> bool:
    """Tell whether this is one word of a list of words."""
    return isinstance(node, ast.Constant) and not re.search("[。，]", str(node.value))


def _looks_for(node: ast.AST) -> bool:
    """Tell whether this is a pattern, or a set of words that a reader knows."""
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.split(".")[-1] in _LOOKING or called.startswith("re.")


def _formatted(node: ast.JoinedStr) -> str:
    """Write an f-string as a message; of two expressions with one name the second gets a number."""
    taken: dict[str, str] = {}
    pieces = []
    for piece in node.values:
        if isinstance(piece, ast.Constant):
            pieces.append(str(piece.value).replace("%", "%%"))
        elif isinstance(piece, ast.FormattedValue):
            said = ast.unparse(piece.value)
            if said not in taken:
                taken[said] = _name(said, set(taken.values()))
            pieces.append(f"%({taken[said]})s")
    return "".join(pieces)


def _name(expression: str, taken: set[str]) -> str:
    words = [word for word in _WORD.findall(expression) if word not in _NO_NAME]
    name = words[-1].strip("_").lower() if words else "value"
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name}{number}"
    return unique
