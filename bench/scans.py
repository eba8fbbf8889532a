"""Which damage the printed code survives: `python -m bench.scans [--json] [--keep]`.

Real certificates, cards and statements are made in every layout, their pages turned into pictures at 300, 150 and 100 dpi, damaged, and
given to two decoders written by others. zxing-cpp must read all of it; zbar, older and stricter,
no less than the table beside this file says. Exit code 1 when one is missed. Damage is seeded, so
that every run sees the same pictures. `--keep` writes what zbar read into the table.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from bench.made_up_certificates import facts, hours
from certificates import statement
from certificates.layouts import CURRENT
from certificates.signing import load_signer, make_key
from certificates.stamping import Sheet, stamp_sheet

TABLE = Path(__file__).with_name("scans.json")
DPIS = (300, 150, 100)
TOKENS = ("abcdefghij234567", "7654zyxwvutsrqpo", "k3k3k3k3m5m5m5m5")
Damage = Callable[[Image.Image, int], Image.Image]


def _turned(degrees: float) -> Damage:
    return lambda page, _dpi: page.rotate(
        degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255
    )


def _blurred(millimetres: float) -> Damage:
    return lambda page, dpi: page.filter(ImageFilter.GaussianBlur(millimetres / 25.4 * dpi))


def _noisy(strength: int) -> Damage:
    """Add noise between minus and plus `strength`, evenly spread."""

    def damage(page: Image.Image, dpi: int) -> Image.Image:
        grain = random.Random(dpi).randbytes(page.width * page.height)
        noise = Image.frombytes("L", page.size, grain)
        scaled = noise.point([value * 2 * strength // 255 for value in range(256)])
        return ImageChops.add(page, scaled, offset=-strength)

    return damage


def _as_jpeg(quality: int) -> Damage:
    def damage(page: Image.Image, _dpi: int) -> Image.Image:
        out = io.BytesIO()
        page.save(out, "JPEG", quality=quality)
        return Image.open(out).convert("L")

    return damage


def _grey(page: Image.Image, _dpi: int) -> Image.Image:
    """A faint print under poor light: black is dark grey, white is light grey."""
    return page.point([90 + value * 90 // 255 for value in range(256)])


DAMAGES: Mapping[str, Damage] = {
    "as it is": lambda page, _dpi: page,
    "turned by 7 degrees": _turned(7),
    "turned by 45 degrees": _turned(45),
    "upside down": _turned(180),
    "blurred by 0.2 mm": _blurred(0.2),
    "noisy, 80 of 255": _noisy(80),
    "JPEG of quality 20": _as_jpeg(20),
    "faint": _grey,
    "turned, blurred, noisy, JPEG": lambda page, dpi: _as_jpeg(40)(
        _noisy(40)(_blurred(0.12)(_turned(5)(page, dpi), dpi), dpi), dpi
    ),
}


def pages() -> Iterator[tuple[str, str, bytes]]:
    """Yield layout, address and bytes of a few documents of each layout."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    signer = load_signer(make_key("示例协会", now))
    for layout in CURRENT:
        for number, token in enumerate(TOKENS):
            data = facts(number, token=token)
            sheet = Sheet.of(data, sample=False)
            if layout == "statement":
                sheet = statement.sheet(hours(data), sample=False)
            yield layout, data.check_address, stamp_sheet(sheet, signer, now, layout).pdf


def picture(pdf: bytes, dpi: int) -> Image.Image:
    """Return the page of a PDF in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page: Image.Image = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
        return page
    finally:
        document.close()


def by_zxing(page: Image.Image) -> set[str]:
    """Return the texts of the codes that zxing-cpp finds."""
    return {found.text for found in zxingcpp.read_barcodes(page)}


def by_zbar(page: Image.Image) -> set[str]:
    """Return the texts of the codes that zbar finds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.pgm")
        page.save(path)
        done = subprocess.run(
            ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
    return set(done.stdout.split())


def matrix(*, zbar: bool) -> dict[str, dict[str, int]]:
    """Return for each damage and density how many of the codes each decoder read."""
    found: dict[str, dict[str, int]] = {}
    for layout, address, pdf in pages():
        for dpi in DPIS:
            page = picture(pdf, dpi)
            for name, damage in DAMAGES.items():
                damaged = damage(page, dpi)
                row = found.setdefault(f"{layout}, {name}, {dpi} dpi", {"zxing": 0, "zbar": 0})
                row["zxing"] += address in by_zxing(damaged)
                row["zbar"] += zbar and address in by_zbar(damaged)
    return found


def missed(found: Mapping[str, Mapping[str, int]], *, zbar: bool) -> list[str]:
    """Return what was read less often than it must be."""
    table = json.loads(TABLE.read_text("utf-8"))
    faults = [f"zxing: {name}" for name, row in found.items() if row["zxing"] < len(TOKENS)]
    if zbar:
        faults += [f"zbar: {name}" for name, row in found.items() if row["zbar"] < table[name]]
    return faults


def main(arguments: list[str] | None = None) -> int:
    """Print the matrix."""
    parser = argparse.ArgumentParser(prog="python -m bench.scans", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--keep", action="store_true", help="write the table of zbar anew")
    given = parser.parse_args(arguments)
    zbar = shutil.which("zbarimg") is not None
    found = matrix(zbar=zbar)
    if given.keep and zbar:
        table = {name: row["zbar"] for name, row in found.items()}
        TABLE.write_text(json.dumps(table, indent=1), "utf-8")
    faults = missed(found, zbar=zbar)
    if given.json:
        print(json.dumps({"of": len(TOKENS), "read": found, "missed": faults}, indent=1))
        return 1 if faults else 0
    width = max(map(len, found))
    print(f"{'of ' + str(len(TOKENS)):<{width}}  zxing  zbar")
    for name, row in found.items():
        print(f"{name:<{width}}  {row['zxing']:>5}  {row['zbar'] if zbar else '–':>4}")
    print("\n".join(f"MISSED {fault}" for fault in faults) or "none missed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
