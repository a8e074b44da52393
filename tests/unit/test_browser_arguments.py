"""Every argument of the model that can be wrong, and the message: which one, its value, the fix."""

from __future__ import annotations

import functools
import math
import types
import unittest.mock
from collections.abc import Callable, Iterator
from typing import Any

import falcon
import falcon.asgi
import pytest

from cors_browser import Browser
from cors_browser.arguments import CHOICES
from cors_browser.call_options import FetchOptions
from cors_browser.targets import is_asgi

PAGE, API = 'https://app.example.com', 'https://api.example.com'


def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response('200 OK', [('Access-Control-Allow-Origin', '*')])
    return [environ['wsgi.input'].read()]


def create_app(config: object = None) -> Callable[..., Any]:
    return app


def create_app_with_options(config: object = None, debug: bool = False) -> Callable[..., Any]:
    return app


def any_number(*args: Any) -> Any:
    return app(*args)


async def two_asynchronous(scope: Any, receive: Any) -> None:
    """ASGI with a third argument forgotten."""


def asgi_2(scope: Any) -> Any:
    """The interface of ASGI before version 3."""


MODULE = types.ModuleType('bakery')
MODULE_WITH_APP = types.ModuleType('shop.wsgi')
vars(MODULE_WITH_APP)['application'] = app
MOCK = unittest.mock.Mock()
MOCK.__name__ = 'mock'

BROWSER: list[tuple[dict[str, Any], str]] = [
    ({'target': MODULE}, 'target: bakery is a module; pass the application in it, such as bakery.'),
    ({'target': MODULE_WITH_APP}, 'target: shop.wsgi is a module; .* such as shop.wsgi.applicatio'),
    ({'target': create_app}, r'target: create_app takes 0 to 1 arguments, .*call it: create_app\('),
    ({'target': create_app_with_options}, r'takes 0 to 2 arguments, WSGI passes 2 and ASGI 3; if'),
    ({'target': lambda: app}, 'takes 0 arguments, WSGI passes 2'),
    ({'target': asgi_2}, 'target: asgi_2 takes 1 arguments, WSGI passes 2 and ASGI 3'),
    ({'target': two_asynchronous}, 'target: two_asynchronous takes 2 arguments, '),
    ({'target': any_number}, 'target: any_number takes any number of arguments; say .*: lambda en'),
    ({'target': MOCK}, 'target: mock takes any number of arguments'),
    ({'target': max}, 'target: max takes any number of arguments'),
    ({'target': falcon.App}, r'target: App is a class; pass an application, such as App\(\)'),
    ({'target': None}, 'target: None is of type NoneType; pass a WSGI or ASGI application, or a b'),
    ({'target': b'http://a'}, "target: b'http://a' is of type bytes; pass a WSGI"),
    ({'hosts': {'https://b.example': MODULE}}, 'hosts: bakery is a module'),
    ({'hosts': {'https://b.example': create_app}}, 'hosts: create_app takes'),
    ({'hosts': ['https://b.example']}, r"hosts: \['https://b.example'\] is of type list; pass a m"),
    ({'hosts': {1: app}}, r'hosts: 1 is of type int; pass a str'),
    ({'page': None}, 'page: None is of type NoneType; pass a str'),
    ({'page': 1}, 'page: 1 is of type int; pass a str'),
    ({'api': 1}, 'api: 1 is of type int; pass a str'),
    ({'api': ''}, "api: '' is not a URL"),
    ({'top_level': 1}, 'top_level: 1 is of type int; pass a str'),
    ({'profile': ['chromium']}, r"profile: \['chromium'\] is of type list; pass a str"),
    ({'profile': 'Chrome'}, "profile: 'Chrome' is unknown; choose one of"),
    ({'clock': 0}, 'clock: 0 is of type int; pass a function'),
    ({'on_step': 'print'}, "on_step: 'print' is of type str; pass a function"),
    ({'timeout': '5'}, "timeout: '5' is of type str; pass seconds, such as 0.5, or None for no li"),
    ({'timeout': True}, 'timeout: True is of type bool; pass seconds'),
    ({'timeout': 0}, 'timeout: 0 is not a positive number; pass seconds'),
    ({'timeout': -1}, 'timeout: -1 is not a positive number'),
    ({'timeout': math.inf}, 'timeout: inf is not a positive number; .* None for no limit'),
    ({'timeout': math.nan}, 'timeout: nan is not a positive number'),
    ({'tls': True}, 'tls: True is of type bool; pass an ssl.SSLContext'),
    ({'raise_app_exceptions': 0}, 'raise_app_exceptions: 0 is of type int; pass True or False'),
]  # fmt: skip

FETCH: list[tuple[dict[str, Any], str]] = [
    ({'url': None}, 'url: None is of type NoneType; pass a str'),
    ({'url': b'/'}, "url: b'/' is of type bytes; pass a str"),
    ({'method': None}, 'method: None is of type NoneType; pass a str'),
    ({'mode': None}, 'mode: None is of type NoneType; pass a str'),
    ({'mode': 'CORS'}, "mode: 'CORS' is unknown; choose one of"),
    ({'credentials': True}, 'credentials: True is of type bool; pass a str'),
    ({'redirect': 'maybe'}, "redirect: 'maybe' is unknown; choose one of"),
    ({'referrer_policy': 'none'}, "referrer_policy: 'none' is unknown; choose one of"),
    ({'upload_listener': 1}, 'upload_listener: 1 is of type int; pass True or False'),
    ({'header': {}}, "fetch: 'header' is not an option; did you mean 'headers'"),
    ({'referrerPolicy': ''}, "fetch: 'referrerPolicy' is not an option; did you mean 'referrer_po"),
    ({'data': ''}, r"fetch: 'data' is not an option; write body=\.\.\."),
    ({'cookies': {}}, r"fetch: 'cookies' is not an option; write browser.cookies.set\(url, header"),
    ({'timeout': 1}, r"fetch: 'timeout' is not an option; write Browser\(\.\.\., timeout"),
    ({'xyzzy': 1}, "fetch: 'xyzzy' is not an option; the options are body, credentials, files"),
    ({'headers': 1}, 'headers: 1 is of type int; pass a mapping such as'),
    ({'headers': 'X-A: 1'}, "headers: 'X-A: 1' is of type str; pass a mapping"),
    ({'headers': ['X-A: 1']}, r"headers: 'X-A: 1' is not a pair; write \('X-Token', '1'\)"),
    ({'headers': [('X-A',)]}, r"headers: \('X-A',\) is not a pair"),
    ({'headers': {1: 'a'}}, r'headers: 1 is of type int; write the name as a str'),
    ({'headers': {'X-A': 1}}, "headers: the value of 'X-A' is 1 of type int;.* str: '1'"),
    ({'headers': {'X-A': b'a'}}, "headers: the value of 'X-A' is b'a' of type bytes; .* str: 'a'"),
    ({'headers': {'X-A': None}}, "headers: the value of 'X-A' is None of type NoneType; write it"),
    ({'json': {1, 2}}, 'json: Object of type set is not JSON serializable; pass dicts, lists, tex'),
    ({'json': math.nan}, 'json: Out of range float values are not JSON compliant.*; JSON.stringif'),
    ({'json': 1, 'body': 'a'}, 'json: given together with `body` or `files`; leave one of them ou'),
    ({'json': 1, 'files': {}}, 'json: given together with `body` or `files`'),
    ({'body': 1}, 'body: 1 is of type int; pass a str, bytes, a mapping, a list of pairs'),
    ({'body': iter(['a'])}, "body: the stream has 'a' of type str in it; pass a str, bytes"),
    ({'body': ['a']}, r"body: 'a' is not a pair; write \('name', 'value'\)"),
    ({'body': [('a',)]}, r"body: \('a',\) is not a pair"),
    ({'body': {'a': None}}, "body: the value of 'a' is None of type NoneType; write the text that"),
    ({'body': {'a': True}}, "body: the value of 'a' is True of type bool; .*, such as 'true'"),
    ({'body': {'a': {'b': '1'}}}, r"body: the value of 'a' is {'b': '1'} of type dict"),
    ({'body': {1: 'a'}}, r'body: the name 1 is of type int; write text \(str\)'),
    ({'body': [(None, 'a')]}, 'body: the name None is of type NoneType'),
    ({'body': 'a', 'files': {}}, "body: 'a' is of type str; pass the fields as a mapping or as a "),
    ({'files': 'a.png'}, "files: 'a.png' is of type str; pass a mapping such as {'photo': "),
    ({'files': [('a',)]}, r"files: \('a',\) is not a pair"),
    ({'files': {1: b''}}, 'files: the name 1 is of type int'),
    ({'files': {'a': 1}}, r"files: the value of 'a' is 1; pass the content, or \('cat.png', conte"),
    ({'files': {'a': ('b', 1)}}, r"files: the value of 'a' is \('b', 1\); pass the content"),
    ({'files': {'a': (b'b', b'')}}, r"files: the value of 'a' is \(b'b', b''\); pass the content"),
    ({'files': {'a': ('b', b'', 1)}}, r"files: the value of 'a' is \('b', b'', 1\); pass"),
    ({'files': {'a': ('b', b'', 'c', 'd')}}, r"files: the value of 'a' is \('b', b'', 'c', 'd'\)"),
]  # fmt: skip


@pytest.mark.parametrize(('arguments', 'message'), BROWSER)
def test_wrong_arguments_of_the_browser(arguments: dict[str, Any], message: str) -> None:
    make: Callable[..., Browser] = Browser
    with pytest.raises(
        (TypeError, ValueError), match=f'^{message}' if ': ' in message else message
    ):
        make(**({'target': app, 'page': PAGE} | arguments))


@pytest.mark.parametrize(('arguments', 'message'), FETCH)
def test_wrong_arguments_of_fetch(arguments: dict[str, Any], message: str) -> None:
    fetch: Callable[..., Any] = Browser(app, PAGE).fetch
    with pytest.raises((TypeError, ValueError), match=f'^{message}'):
        fetch(**({'url': '/', 'method': 'POST'} | arguments))


def test_the_tables_have_every_argument() -> None:
    names = {*Browser.__init__.__annotations__} - {'return'}
    assert {name for arguments, _ in BROWSER for name in arguments} == names
    tried = {name for arguments, _ in FETCH for name in arguments}
    assert {'url', 'method', *FetchOptions.__annotations__} - tried == set()


@pytest.mark.parametrize(('option', 'value'), [(o, v) for o in CHOICES for v in CHOICES[o]])
def test_every_choice_is_accepted(option: str, value: str) -> None:
    fetch: Callable[..., Any] = Browser(app, API).fetch
    assert fetch('/', **{option: value}).status == 200


class Iterable:
    """A WSGI application as a class (PEP 3333, its second example)."""

    def __init__(self, environ: dict[str, Any], start_response: Any) -> None:
        self.start_response = start_response

    def __iter__(self) -> Iterator[bytes]:
        self.start_response('200 OK', [])
        yield b'x'


def generator(*args: Any) -> Iterator[bytes]:
    yield from app(*args)


async def asgi(*args: Any) -> None:
    """An ASGI application, whatever its arguments are called."""


async def asgi_with_default(scope: Any, receive: Any, send: Any = None) -> None:
    """An ASGI application."""


def wsgi_with_default(environ: Any, start_response: Any, extra: Any = None) -> list[bytes]:
    return app(environ, start_response)


class Asynchronous:
    async def __call__(self, *args: Any) -> None:
        """An ASGI application as an object."""


@pytest.mark.parametrize(
    ('target', 'expected'),
    [
        (app, False),
        (wsgi_with_default, False),
        (generator, False),
        (Iterable, False),
        (falcon.App(), False),
        (functools.partial(wsgi_with_default, extra=1), False),
        (asgi, True),
        (asgi_with_default, True),
        (Asynchronous(), True),
        (falcon.asgi.App(), True),
        (functools.partial(asgi), True),
        (functools.partial(functools.partial(asgi_with_default)), True),
        (lambda scope, receive, send: asgi(scope, receive, send), True),
    ],
)
def test_interfaces_are_recognized(target: Any, expected: bool) -> None:
    assert is_asgi(target) is expected


def test_a_factory_that_looks_like_an_application_is_named() -> None:
    def make(settings: Any, logger: Any) -> Callable[..., Any]:
        return lambda: ()

    with pytest.raises(TypeError, match='not iterable'):
        Browser(make, PAGE).fetch('/')
    with pytest.raises(RuntimeError, match='if the target makes the application, call it and pass'):
        Browser(lambda settings, logger: [], PAGE).fetch('/')
