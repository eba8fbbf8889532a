"""Looking at a page as the people who use it do: on a narrow phone, with a thumb, with a reader.

Each function returns faults as sentences; it deliberately asserts nothing, so that one visit can
report everything that is wrong with a page.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

AXE = Axe()
STANDARD = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
THUMB = 44
"""Least height in CSS pixels of what a thumb presses (design guide: 48, 44 in the grid)."""

WIDER_THAN_THE_PHONE = """() => {
  const root = document.documentElement, wide = root.clientWidth;
  if (root.scrollWidth <= wide) return null;
  const out = [...document.body.querySelectorAll('*')].filter(one => {
    if (one.getBoundingClientRect().right <= wide + 1) return false;
    for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') return false;
    return true;
  });
  return `${root.scrollWidth} px wide: ` + out.slice(0, 3).map(one =>
    `${one.tagName.toLowerCase()}.${one.className} "${one.textContent.trim().slice(0, 20)}"`).join(', ');
}"""

# Chips filter and toggle, they are not a step of anything: the guide allows them 36 px.
TOO_LOW_FOR_A_THUMB = """least => [...document.querySelectorAll(
    'main .btn:not(.btn--chip), main button:not(.btn--chip), .bar-bottom a, .bar-bottom .btn')]
  .filter(one => one.checkVisibility() && !one.closest('[aria-hidden=true]') && one.getBoundingClientRect().height < least - 0.5)
  .map(one => `${one.className} "${one.textContent.trim().slice(0, 20)}" ` +
    `${one.getBoundingClientRect().height.toFixed(1)} px`)"""


def layout_faults(page: Page) -> list[str]:
    """Return what does not fit the phone or the thumb."""
    wide = page.evaluate(WIDER_THAN_THE_PHONE)
    low = page.evaluate(TOO_LOW_FOR_A_THUMB, THUMB)
    return ([f"scrolls sideways, {wide}"] if wide else []) + [
        f"too low for a thumb: {one}" for one in low
    ]


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands: layout and accessibility."""
    return layout_faults(page) + access_faults(page)


def access_faults(page: Page, *rules: str) -> list[str]:
    """Return the violations of WCAG 2.2 AA that axe finds, or of some rules only."""
    run_only: dict[str, Any] = (
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": STANDARD}
    )
    options = {"runOnly": run_only, "resultTypes": ["violations"]}
    found = AXE.run(page, options=options).response["violations"]
    return [
        f"axe {one['id']}: {node['html'][:120]} | {node['failureSummary'][:160]}"
        for one in found
        for node in one["nodes"][:3]
    ]


def faults_in_the_dark(page: Page) -> list[str]:
    """Return colours that are too close to each other on the dark ground."""
    wear(page, dark=True, large=False)
    found = [f"[dark] {one}" for one in access_faults(page, "color-contrast")]
    wear(page, dark=False, large=False)
    return found


def wear(page: Page, *, dark: bool, large: bool) -> None:
    """Dress the page as the server would for somebody who chose so."""
    page.evaluate(
        """([dark, large]) => {
          const root = document.documentElement;
          root.dataset.bsTheme = dark ? 'dark' : 'light';
          if (large) root.dataset.type = 'large'; else delete root.dataset.type;
        }""",
        [dark, large],
    )


def faults_in_every_dress(page: Page) -> list[str]:
    """Return faults in light and dark, with ordinary and large type, each named."""
    found = []
    for dark, large in product((False, True), repeat=2):
        wear(page, dark=dark, large=large)
        worn = f"[{'dark' if dark else 'light'}{' large' if large else ''}] "
        found += [worn + fault for fault in faults(page)]
    return found
