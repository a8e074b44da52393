"""The three engines, by the names of their profiles in ``cors_browser``."""

from __future__ import annotations

from recording.engines.base import Engine
from recording.engines.chromium import Chromium
from recording.engines.firefox import Firefox
from recording.engines.webkit import WebKit

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Chromium, Firefox, WebKit)}
