# SPDX-License-Identifier: MIT-0
"""The preflight cache: what preflights allowed, and until when."""

from __future__ import annotations

from collections.abc import Callable

from .checks import Allowed
from .engine import Engine
from .exchange import Headers
from .headers import SAFELISTED_METHODS
from .request import Request
from .urls import Url

Clock = Callable[[], float]
CacheKey = tuple[str, str, bool]  # 'method' or 'header', its name, whether with credentials


class PreflightCache:
    """What preflights allowed, and until when (#cors-preflight-cache)."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._entries: dict[tuple[str, Url], dict[CacheKey, float]] = {}

    def _matches(self, request: Request, kind: str, name: str) -> list[CacheKey]:
        """The entries that cover a method or a header name (#concept-cache-match-method)."""
        entries, now = self._entries.get((self._origin(request), request.url), {}), self._clock()
        covering = self._engine.covering_entries(name, include=request.include)
        keys = [(kind, *entry) for entry in covering]
        return [key for key in keys if entries.get(key, now) > now]

    def _has_any(self, request: Request) -> bool:
        """Whether an earlier preflight for this URL is cached."""
        entries, now = self._entries.get((self._origin(request), request.url), {}), self._clock()
        return any(
            (name, include) in self._engine.covering_entries(name, include=request.include)
            for (_, name, include), expires in entries.items()
            if expires > now
        )

    def covers(self, request: Request, unsafe_names: list[str]) -> bool:
        """Whether an earlier preflight makes a new one unnecessary (#http-fetch)."""
        if not self._engine.remembers(request.page, self._origin(request)):
            return False
        if self._engine.needs_preflight_again(had_one=request.needs_preflight) and not (
            self._has_any(request)
        ):
            return False
        method_needed = request.use_preflight or request.method not in SAFELISTED_METHODS
        if method_needed and not self._matches(request, 'method', request.method):
            return False
        return all(self._matches(request, 'header', name) for name in unsafe_names)

    def store(self, request: Request, allowed: Allowed, headers: Headers) -> None:
        """Cache what a preflight allows. Existing entries get the new age."""
        expires = self._clock() + self._engine.max_age(headers)
        entries = self._entries.setdefault((self._origin(request), request.url), {})
        for kind, name in ((kind, name) for kind, names in allowed.items() for name in names):
            for key in self._matches(request, kind, name) or [(kind, name, request.include)]:
                entries[key] = expires

    def clear(self, request: Request) -> None:
        """Clear the entries for a request's origin and URL (#concept-cache-clear)."""
        self._entries.pop((self._origin(request), request.url), None)

    def _origin(self, request: Request) -> str:
        """The origin that a preflight has."""
        return self._engine.preflight_origin(request.page, request.origin)
