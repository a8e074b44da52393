"""What ``cors_browser`` says of one fetch that a page really made, from its recorded exchanges."""

from __future__ import annotations

from typing import Any

from cors_browser import replay
from cors_browser.exchange import Answer
from cors_browser.rules import Unreachable


def judge(fetch: dict[str, Any]) -> dict[str, Any]:
    """Replay recorded responses to the model of a browser.

    Args:
        fetch: ``page`` (an origin), ``url``, ``method``, ``mode``, ``headers`` (an object) and
            ``credentials`` of the fetch, and ``wire``, the exchanges as the recorder keeps them.

    Returns:
        ``readable``, a bool, and ``why``: the reason, and then the fix. If the server may have
        acted on the request, that comes in place of the fix: no header undoes a forged order.
    """
    methods = [one['method'] for one in fetch['wire']]
    exchange, failure = replay.judge(
        replay.Capture(
            fetch['url'],
            fetch['page'],
            fetch['method'],
            list(fetch['headers'].items()),
            mode=fetch['mode'],
            credentials=fetch['credentials'],
            responses=[(one['method'], _response(one)) for one in fetch['wire']],
            preflight_passed=methods != [] and 'OPTIONS' not in methods,  # it is remembered
        )
    )
    if isinstance(failure, Unreachable) and failure.kind == 'unrecorded':
        further = exchange.steps[-1].method
        return {'readable': False, 'why': f'It would have sent a further {further}.'}
    if failure and exchange.side_effect_possible:
        method = exchange.steps[-1].method
        effect = (
            f'The server received the {method} and may have acted on it: blocking undoes nothing.'
        )
        return {'readable': False, 'why': f'{failure.reason}\n\n{effect}'}
    if failure:
        return {'readable': False, 'why': f'{failure.reason}\n\n{failure.fix}'}
    if not exchange.readable:
        return {'readable': True, 'why': 'It is opaque: no status, no header and no body to read.'}
    return {'readable': True, 'why': 'The response allows this page.'}


def _response(exchange: dict[str, Any]) -> Answer:
    headers = [(name, value) for name, value in exchange['response_headers']]
    return int(exchange['status'][:3]), headers, exchange['body'].encode()
