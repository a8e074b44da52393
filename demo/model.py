"""What ``cors_browser`` says of one fetch that a page really made, from its recorded exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cors_browser import Browser, FetchFailed
from cors_browser.urls import OPAQUE, parse_url

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class UnexpectedRequestError(Exception):
    """The model would send a request that the real browser did not send."""


def judge(asked: dict[str, Any]) -> dict[str, Any]:
    """Replay recorded answers to the model of a browser.

    Args:
        asked: ``page`` (an origin), ``url``, ``method``, ``mode``, ``headers`` (an object) and
            ``credentials`` of the fetch, and ``wire``, the exchanges as the recorder keeps them.

    Returns:
        ``readable``, a bool, and ``why``, the reason and the fix in words.
    """
    recorded = iter(asked['wire'])

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        exchange = next(recorded, None)
        if exchange is None or exchange['method'] != environ['REQUEST_METHOD']:
            raise UnexpectedRequestError(environ['REQUEST_METHOD'])
        headers = [(name, value) for name, value in exchange['response_headers']]
        start_response(exchange['status'], headers)
        return [exchange['body'].encode()]

    api = parse_url(asked['url']).origin
    hosts = dict.fromkeys(set(_redirects(asked)) - {api, OPAQUE}, answer)
    browser = Browser(answer, page=asked['page'], api=api, hosts=hosts)
    try:
        reply = browser.fetch(
            asked['url'],
            asked['method'],
            mode=asked['mode'],
            headers=asked['headers'],
            credentials=asked['credentials'],
        )
    except FetchFailed as failure:
        return {'readable': False, 'why': f'{failure.reason}\n\n{failure.fix}'}
    except UnexpectedRequestError as error:
        return {'readable': False, 'why': f'It would have sent a further {error}.'}
    if reply.type == 'opaque':
        return {'readable': True, 'why': 'It is opaque: no status, no header and no body to read.'}
    return {'readable': True, 'why': 'The answer allows this page.'}


def _redirects(asked: dict[str, Any]) -> Iterator[str]:
    """The origins that the recorded answers redirect to."""
    for exchange in asked['wire']:
        for name, value in exchange['response_headers']:
            if name == 'Location':
                with suppress(ValueError):  # what is no URL is left to the model to refuse
                    yield parse_url(value, parse_url(asked['url'])).origin
