# SPDX-License-Identifier: MIT-0
"""The engines that cors_browser models, by name."""

from __future__ import annotations

from .chromium import Chromium
from .engine import Engine
from .firefox import Firefox
from .webkit import WebKit

#: The engines, by the names that ``Browser(profile=...)`` takes.
PROFILES: dict[str, Engine] = {
    engine.name: engine for engine in (Engine(), Chromium(), Firefox(), WebKit())
}
