"""What a browser would send from a page of writing: every field as it stands in the form."""

from __future__ import annotations

from typing import Any

from lxml import html


def typed(markup: str) -> dict[str, Any]:
    """Return the fields of the form for writing; rows that only the script copies are left out."""
    form = html.fromstring(markup).xpath("//form[@data-writing]")[0]
    for spare in form.xpath(".//template"):
        spare.drop_tree()
    data: dict[str, Any] = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), field.get("type") or field.tag
        if not name or name == "csrf_token" or kind in ("file", "submit"):
            continue
        if kind in ("checkbox", "radio"):
            if "checked" in field.attrib:
                data.setdefault(name, []).append(field.get("value", "y"))
        elif kind == "select":
            chosen = [o for o in field.iter("option") if "selected" in o.attrib]
            first = next(iter(field.iter("option")), None)
            option = chosen[0] if chosen else first
            data[name] = "" if option is None else option.get("value", option.text or "")
        elif kind == "textarea":
            data[name] = (field.text or "").removeprefix("\n")
        else:
            data[name] = field.get("value") or ""
    return data
