"""Fetches as a page of the demo describes them to the model."""

from __future__ import annotations

from typing import Any

PAGE = 'https://shop.example.com'


def fetch(*wire: tuple[str, list[tuple[str, str]]], **more: Any) -> dict[str, Any]:
    exchanges = [
        {'method': method, 'status': '200 OK', 'response_headers': headers, 'body': '{}'}
        for method, headers in wire
    ]
    fetched = {'page': PAGE, 'url': 'http://127.0.0.1:9001/_wire/k/x', 'method': 'GET'}
    options = {'mode': 'cors', 'headers': {}, 'credentials': 'omit', 'wire': exchanges}
    return {**fetched, **options, **more}


ALLOWED = [('Access-Control-Allow-Origin', PAGE)]
