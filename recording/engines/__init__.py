"""The three engines, by the names of their profiles in ``cors_browser``.

Why not Playwright or Selenium? The guide says what its readers' browsers do and print, so the
browsers are those that a distribution installs:

- Of Firefox and WebKit, Playwright runs its own patched builds, which it downloads:
  https://github.com/microsoft/playwright/issues/5872
- Selenium runs installed browsers, but each needs a further program (chromedriver, geckodriver,
  WebKitWebDriver). Classic WebDriver can't read the console, and most of these records are lines
  of the console: https://www.w3.org/TR/webdriver2/

What is needed is little: open a page, run a function, read the console, forget cookies. Each
engine offers that over a WebSocket of its own: the DevTools protocol (Chromium), WebDriver BiDi
(Firefox) and the inspector's protocol (WebKit). ``Engine`` gives all three one interface. Nothing
is downloaded, and no browser reaches anything but loopback.
"""

from __future__ import annotations

from recording.engines.base import Engine
from recording.engines.chromium import Chromium
from recording.engines.firefox import Firefox
from recording.engines.webkit import WebKit

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Chromium, Firefox, WebKit)}
