# SPDX-License-Identifier: MIT-0
"""Recorded responses in place of a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .exchange import Pairs, Step
from .live import Answer, unreachable
from .urls import Url


@dataclass
class Recording:
    """A server that gives recorded responses: to preflights, and to the requests themselves.

    It never waits, so a coroutine that calls it needs no event loop.
    """

    preflights: Sequence[Answer]
    responses: Sequence[Answer]

    def __post_init__(self) -> None:
        self._preflights, self._responses = iter(self.preflights), iter(self.responses)

    async def __call__(self, step: Step, url: Url) -> Answer:
        """Give the next response."""
        response = next(self._preflights if step.preflight else self._responses, None)
        if response is None:
            raise unreachable(step, 'unrecorded', f'{url}: the recording ends here')
        return response
