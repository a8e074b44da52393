"""The three engines, by the names of their profiles in ``cors_browser``."""

from __future__ import annotations

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from tests.browsers.firefox import Firefox
from tests.browsers.webkit import WebKit

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Chromium, Firefox, WebKit)}
