"""A drawn portrait for invented people: nobody's photograph."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

COLOURS = {
    "holder": ("#dfe9ea", "#33585c", "#c98a4b"),
    "trainee": ("#efe6da", "#5a4632", "#2f6f73"),
}


def portrait(login: str) -> bytes:
    """Return a PNG of 450 × 600 pixels: a head and shoulders in three flat colours."""
    ground, hair, coat = COLOURS.get(login, COLOURS["holder"])
    picture = Image.new("RGB", (450, 600), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((115, 80, 335, 330), fill=hair)
    draw.rounded_rectangle((195, 300, 255, 420), 24, fill="#e7c3a3")
    draw.ellipse((140, 130, 310, 350), fill="#f0d0b2")
    draw.rounded_rectangle((60, 400, 390, 640), 110, fill=coat)
    draw.polygon([(190, 400), (260, 400), (225, 470)], fill="#ffffff")
    for x in (190, 260):
        draw.ellipse((x - 8, 225, x + 8, 241), fill="#2b2b2b")
    draw.arc((190, 250, 260, 300), 20, 160, fill="#9a5b45", width=6)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
