"""The tabs of a page: which is visible, and a click on one."""

from __future__ import annotations

from recording.engines.chromium import Chromium

VISIBLE = """() => [...document.querySelectorAll('.sphinx-tabs-panel')]
  .filter((panel) => getComputedStyle(panel).display !== 'none')
  .map((panel) => panel.innerText.trim())"""


def click(chromium: Chromium, label: str) -> None:
    chromium.run(
        """(label) => [...document.querySelectorAll('[role=tab]')]
          .find((tab) => tab.textContent === label).click()""",
        label,
    )
