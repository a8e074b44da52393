"""The lessons by name, and one client that calls them on both interfaces."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import httpx

from recording.calls import call

ROOT = Path(__file__).parent.parent
INTERFACES = ('wsgi', 'asgi')
# Lessons that exist on one interface only.
ONE_SIDED = {'websockets': 'asgi', 'wrong_websockets': 'asgi'}
PROGRAMS = sorted({path.stem for path in ROOT.glob('app_*/[a-z]*.py')})
LESSONS = [name for name in PROGRAMS if not name.startswith('wrong_')]
SCRIPTS = sorted(path.stem for path in (ROOT / 'frontend').glob('*.js'))
SHOP = 'https://shop.example.com'
PARTNER = 'https://partner.example.com'
API = 'https://api.example.com'


def pairs(lessons: list[str]) -> list[tuple[str, str]]:
    """Every lesson on every interface that it exists on, for parametrize."""
    return [
        (interface, lesson)
        for lesson in lessons
        for interface in INTERFACES
        if ONE_SIDED.get(lesson, interface) == interface
    ]


def load(interface: str, lesson: str) -> Any:
    """Import a lesson as its reader would; return its app."""
    return importlib.import_module(f'app_{interface}.{lesson}').app


def send(interface: str, lesson: str, request: httpx.Request) -> httpx.Response:
    """Send one request to a lesson's app, in this process."""
    return call(load(interface, lesson), request)[0]
