"""A page of which thousands differ in a few values only: rendered once, then filled for each.

Rendering the check page costs several times what everything else about it does, and all but the
values of one certificate is the same for every certificate that stands alike. So the template is
rendered with marks in the places of those values, and cut there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping

from flask import current_app
from markupsafe import escape

MOST = 200
"""Pages kept of one process. Each of about 12 kB; a register needs some twenty."""
_MARK = f"slot{secrets.token_hex(8)}"
"""What nobody can have written into a certificate: made anew in each process."""
_CUT = re.compile(f"{_MARK}_([a-z_]+?)_{_MARK}")

Composed = tuple[str, ...]
"""Text and name of a value by turns, beginning and ending with text."""


def slots(values: Mapping[str, str]) -> dict[str, str]:
    """Return a mark for the place of each value; an empty value stays, for the template asks for it.

    A mark has letters, digits and underscores only, and comes through an address unchanged.
    """
    return {name: value and f"{_MARK}_{name}_{_MARK}" for name, value in values.items()}


def page(
    key: Hashable, values: Mapping[str, str], render: Callable[[Mapping[str, str]], str]
) -> str:
    """Return the page with its values, escaped for HTML.

    `render` is given the marks instead, and must depend on nothing but `key`, the application and
    which of the values are empty.
    """
    known: dict[Hashable, Composed] = current_app.extensions.setdefault(__name__, {})
    whole = (key, *map(bool, values.values()))
    parts = known.get(whole)
    if parts is None:
        if len(known) >= MOST:
            known.clear()
        parts = known[whole] = tuple(_CUT.split(render(slots(values))))
    filled = list(parts)
    filled[1::2] = [escape(values[name]) for name in parts[1::2]]
    return "".join(filled)
