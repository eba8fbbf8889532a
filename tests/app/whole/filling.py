"""Fill in the forms of a page as somebody would who presses every button."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lxml import html
from PIL import Image

from app import clock
from app.demo import PASSWORD
from app.demo.loading import JOIN_CODE

Element = Any
TEXTS = {
    "present": PASSWORD,
    "password": "nine-new-lamps-2026",
    "again": "nine-new-lamps-2026",
    "code": JOIN_CODE,
    "phone": "13900001111",
    "minutes": "5",
    "lesson": "4.3",
    "also_lessons": "4.4",
    "enemies": "",
    "percent": "150",
    "capacity": "20",
    "number": "110101199003070118",
    "late_minutes": "15",
    "pass_percent": "60",
}


@dataclass(frozen=True)
class Filled:
    """A form with one of its buttons, ready to be sent."""

    action: str
    button: str
    data: dict[str, Any]


def forms(markup: str, page: str) -> list[Filled]:
    """Return every posting form of a page, once for each of its buttons, with all fields filled."""
    found = []
    for form in html.fromstring(markup).iter("form"):
        if (form.get("method") or "").lower() != "post":
            continue
        action = form.get("action") or page
        data = _fields(form)
        buttons = [b for b in form.iter("button") if (b.get("type") or "submit") == "submit"]
        for button in buttons or [None]:
            more = {} if button is None else {button.get("name", ""): button.get("value", "")}
            more.pop("", None)
            words = "" if button is None else " ".join(button.text_content().split())
            found.append(Filled(action, words, {**data, **more}))
    return found


def fresh(data: dict[str, Any]) -> dict[str, Any]:
    """Return the same fields to be sent once more: a file is read only once."""
    return {
        name: (io.BytesIO(value), "photo.jpg") if isinstance(value, bytes) else value
        for name, value in data.items()
    }


def _fields(form: Element) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for field in form.iter("input", "select", "textarea"):
        name, kind = field.get("name"), field.get("type") or field.tag
        if not name or kind in {"submit", "button"} or "disabled" in field.attrib:
            continue
        if kind == "select":
            data[name] = _chosen(field)
        elif kind == "radio":
            if name not in data or "checked" in field.attrib:
                data[name] = field.get("value", "")
        elif kind == "checkbox" and name.endswith("-right") and name != "options-0-right":
            continue  # the first option is the key
        elif kind == "checkbox":
            data.setdefault(name, []).append(field.get("value", "y"))
        elif kind == "file":
            data[name] = _photo()
        elif kind == "textarea":
            data[name] = (field.text or "").strip() or f"点两下试试 {len(data)}"
        elif kind == "hidden" or field.get("inputmode") == "decimal":
            data[name] = field.get("value") or ""
        else:
            data[name] = field.get("value") or _typed(name, kind, len(data))
    return data


def _chosen(field: Element) -> str:
    options = [(o.get("value", o.text or ""), "selected" in o.attrib) for o in field.iter("option")]
    selected = [value for value, is_selected in options if is_selected and value]
    return next(iter([*selected, *(value for value, _s in options if value)]), "")


def _typed(name: str, kind: str, number: int) -> str:
    today = clock.shanghai_date(clock.now())
    if kind == "date":
        return (today + timedelta(days=30 if "ends" in name else 1)).isoformat()
    if kind == "datetime-local":
        hour = "18:00" if "close" in name else "09:00"
        return f"{(today + timedelta(days=40)).isoformat()}T{hour}"
    return TEXTS.get(name, "5" if kind == "number" else f"点两下试试 {number}")


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (480, 640), "#cfe0e6").save(out, "JPEG")
    return out.getvalue()
