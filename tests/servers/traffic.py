"""Clients of several origins that send requests all the time, and judge each response."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from recording.lessons import SHOP
from recording.proxies.deployment import send

ACAO = 'Access-Control-Allow-Origin'
STRANGER = 'https://other.example.net'
CLIENTS = 2
PAUSE = 0.05  # seconds between two requests of a client, which leaves the servers time
IN_A_ROW = 10  # responses after which something counts as lasting
SECONDS = 120  # after which a test that waits for responses gives up
PREFLIGHT = {'Access-Control-Request-Method': 'GET'}
REQUESTS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ('GET', SHOP, {}),
    ('GET', STRANGER, {}),
    ('OPTIONS', SHOP, PREFLIGHT),
    ('GET', 'null', {}),
    ('OPTIONS', STRANGER, PREFLIGHT),
)


@dataclass
class Traffic:
    """What the clients sent and got.

    Attributes:
        path: What they request.
        may_close: Whether the policy may refuse the shop, too, as it does while it knows nobody.
        wrong: Responses that the policy doesn't allow, as text.
        statuses: How many responses had each status.
    """

    client: httpx.Client
    path: str
    may_close: bool = False
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _of_shop: list[httpx.Response] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def wait(self, what: str, holds: Callable[[httpx.Response], bool], times: int = 1) -> float:
        """Wait until responses to the shop's ``GET`` are as they should be, in a row.

        Returns:
            The seconds that it took.
        """
        began = time.monotonic()
        with self._news:
            since = len(self._of_shop)

            def lasts() -> bool:
                last = self._of_shop[since:][-times:]
                return len(last) == times and all(map(holds, last))

            found = self._news.wait_for(lasts, SECONDS)
        assert found, f'{what}: not within {SECONDS} seconds; {self}'
        return time.monotonic() - began

    def next(self, what: str, times: int) -> list[httpx.Response]:
        """Wait for so many more responses to the shop's ``GET``, and return them."""
        self.wait(what, lambda response: response.status_code > 0, times)
        return self._of_shop[-times:]

    def run(self) -> None:
        """Send requests until the end."""
        while not self._stop.is_set():
            for method, origin, headers in REQUESTS:
                sent = {'Origin': origin, 'Connection': 'close', **headers}
                request = self.client.build_request(method, self.path, headers=sent)
                self._judge(request, send(self.client, request))
                self._stop.wait(PAUSE)

    def stop(self) -> None:
        self._stop.set()

    def _judge(self, request: httpx.Request, response: httpx.Response) -> None:
        origin = request.headers['Origin']
        allowed = response.headers.get_list(ACAO)
        expected = [[SHOP], *([[]] if self.may_close else [])] if origin == SHOP else [[]]
        with self._news:
            self.statuses[response.status_code] += 1
            if allowed not in expected or 'Origin' not in response.headers.get('Vary', ''):
                headers = response.headers.multi_items()
                self.wrong.append(f'{request.method} {origin}: {response.status_code} {headers}')
            if origin == SHOP and request.method == 'GET':
                self._of_shop.append(response)
            self._news.notify_all()

    def __str__(self) -> str:
        return f'{self.statuses.total()} responses {dict(self.statuses)}, wrong: {self.wrong[:3]}'


@contextmanager
def traffic(client: httpx.Client, path: str, *, may_close: bool = False) -> Iterator[Traffic]:
    """Send requests while the block runs; then fail if a response was wrong."""
    sending = Traffic(client, path, may_close)
    with ThreadPoolExecutor(CLIENTS) as clients:
        running = [clients.submit(sending.run) for _ in range(CLIENTS)]
        try:
            yield sending
        finally:
            sending.stop()
    for one in running:
        one.result()
    print(sending)
    assert sending.wrong == []


def allowed(response: httpx.Response) -> bool:
    return response.status_code == 200 and response.headers.get(ACAO) == SHOP


def refused(response: httpx.Response) -> bool:
    return response.status_code == 200 and ACAO not in response.headers
