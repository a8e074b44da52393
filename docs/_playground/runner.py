"""Runs in the reader's browser: loads a program, and plays the browser for its page script.

The sandbox calls :func:`call` with JSON and gets JSON. Nothing here imports the runtime, so the
tests run it in any Python.
"""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import io
import json
import linecache
import logging
import os
import re
import tempfile
import traceback
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from cors import PolicyError
from cors_browser import Browser, FetchFailed, Reply
from cors_browser.__main__ import main as doctor
from cors_browser.urls import parse_url, same_site

API = 'https://api.example.com'
#: Another host of the same API, which a lesson redirects to.
OTHER_HOST = 'https://menu.example.com'
HOME = Path(__file__).parent
LONGEST_LOG = 20_000  # characters of the program's output that one call returns
ABNORMAL_CLOSURE = 1006  # what a page gets for a WebSocket that did not open (RFC 6455, 7.1.5)

App = Callable[..., Any]
Values = dict[str, Any]


class NoAppError(Exception):
    """The program has no application."""


class Program(NamedTuple):
    """A program, and the browser that opened its page."""

    app: App
    browser: Browser


class Playground:
    """One program and one browser, from one run to the next."""

    def __init__(self, home: Path = HOME) -> None:
        self._home = home
        self._log = io.StringIO()
        self._job: Values = {}
        self._program: Program | None = None
        self._running = contextlib.AsyncExitStack()

    async def load(self, job: Values) -> Values:
        """Start a program, and a browser with its page and cookies.

        Args:
            job: ``interface``, ``name`` and ``program`` (the source), ``page``, ``engine``,
                ``cookies`` (``Set-Cookie`` values) and ``environment`` (variables).

        Returns:
            ``log``, and ``fault`` if the program does not start, else ``refused``: the cookies
            that the browser does not store, with the reasons.
        """
        path = self._home / f'app_{job["interface"]}' / f'{job["name"]}.py'
        await self.close()
        self._job = job
        handlers = logging.root.handlers
        self._running.callback(handlers.__setitem__, slice(None), [*handlers])
        try:
            with self._output(), environment(job['environment']):
                app = load_app(path, job['program'])
                browser = await self._running.enter_async_context(browser_of(app, job))
                self._program = Program(app, browser)
        except BaseException as error:  # a program may raise anything, SystemExit included
            return {'fault': fault_of(error, path), 'log': self._taken_log()}
        refused = [fault for line in job['cookies'] if (fault := self._store(line))]
        return {'log': self._taken_log(), 'refused': refused}

    async def close(self) -> None:
        """End the program; what goes wrong at its end concerns no later run."""
        self._program = None
        with self._output(), contextlib.suppress(Exception):
            await self._running.aclose()
        self._taken_log()

    def _running_program(self) -> Program:
        if self._program is None:
            raise RuntimeError('no program is running')
        return self._program

    def _store(self, line: str) -> str:
        """Store a cookie as if the reader had visited the API; return why it is refused."""
        try:
            self._running_program().browser.cookies.set(API, line)
        except ValueError as error:
            return str(error)
        return ''

    async def fetch(self, options: Values) -> Values:
        """Fetch a URL as the page does, or a frame in it that has another origin (``page``).

        ``body`` and the body of the response are in Base64.
        """
        browser = await self._browser_of(options.pop('page', None))
        url, method, body = options.pop('url'), options.pop('method'), options.pop('body', None)
        given = {**options, 'body': body and base64.b64decode(body)}
        outcome: Values
        with self._output():
            try:
                reply = await browser.afetch(url, method, **given)
            except FetchFailed as failure:
                outcome = {'blocked': verdict_of(failure), 'exchange': failure.exchange.as_dict()}
            except ValueError as error:  # an option or the URL is malformed
                outcome = {'invalid': str(error)}
            else:
                outcome = {'response': seen(reply), 'exchange': reply.exchange.as_dict()}
        jar = [vars(cookie) for cookie in browser.cookies]
        return {**outcome, 'log': self._taken_log(), 'jar': jar}

    async def _browser_of(self, page: str | None) -> Browser:
        """The browser of the page, or of a frame in it, which starts with the same cookies."""
        app, browser = self._running_program()
        if page is None:
            return browser
        job = {**self._job, 'page': page, 'top_level': browser.page}
        frame = await self._running.enter_async_context(browser_of(app, job))
        for line in job['cookies']:
            frame.cookies.set(API, line)
        return frame

    async def websocket(self, options: Values) -> Values:
        """Open a WebSocket as the page does, and take what comes until it is closed."""
        app, browser = self._running_program()
        with self._output():
            outcome = await open_websocket(app, options['url'], browser)
        return {**outcome, 'log': self._taken_log()}

    async def exercise(self, options: Values) -> Values:
        """Send the requests of an exercise to a program.

        Args:
            options: What :meth:`load` takes, and ``checks``. Each has a ``page``, its ``request``
                and what to ``expect``: ``blocked``, or a ``status`` and ``headers`` that the page
                can read.

        Returns:
            What :meth:`load` returns, and ``faults``: for each check what went wrong, else an
            empty text.
        """
        outcome = await self.load(options)
        if 'fault' in outcome:
            return outcome
        faults = [await self._fault_of(check) for check in options['checks']]
        return {'log': outcome['log'] + self._taken_log(), 'faults': faults}

    async def _fault_of(self, check: Values) -> str:
        app = self._running_program().app
        job = {'page': check['page'], 'engine': 'standard'}
        with self._output():
            async with browser_of(app, job) as browser:
                return await fault_of_check(browser, check)

    async def check(self, options: Values) -> Values:
        """Let the doctor examine a recording: ``text``, and its other ``arguments``."""
        self._taken_log()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'recording')
            path.write_text(options['text'])
            arguments = [argument.format(path) for argument in options['arguments']]
            with self._output(), outside_the_loop():
                try:
                    code = doctor(arguments)
                except SystemExit as exit:  # an argument is wrong
                    code = 2 if exit.code is None else int(exit.code)
        return {'code': code, 'text': self._taken_log()}

    @contextlib.contextmanager
    def _output(self) -> Iterator[None]:
        with contextlib.redirect_stdout(self._log), contextlib.redirect_stderr(self._log):
            yield

    def _taken_log(self) -> str:
        text = self._log.getvalue()
        self._log.seek(0)
        self._log.truncate()
        return text if len(text) <= LONGEST_LOG else f'{text[:LONGEST_LOG]}\n(and more)\n'


def browser_of(app: App, job: Values) -> Browser:
    """A page in a browser; the sandbox limits the time, so the browser doesn't."""
    return Browser(
        app,
        page=job['page'],
        top_level=job.get('top_level'),
        api=API,
        hosts={OTHER_HOST: app},
        profile=job['engine'],
        timeout=None,
        raise_app_exceptions=False,
    )


@contextlib.contextmanager
def outside_the_loop() -> Iterator[None]:
    """Let code run that starts no event loop, but refuses to run inside one."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of the environment for a while."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def load_app(path: Path, source: str) -> App:
    """Run a program under the path that it has in the repository; return its ``app``."""
    lines = source.splitlines(keepends=True)
    linecache.cache[str(path)] = (len(source), None, lines, str(path))  # for tracebacks
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    code = compile(source, str(path), 'exec', dont_inherit=True)
    builtins.exec(code, vars(module))  # noqa: S102  what the playground is for
    app = getattr(module, 'app', None)
    if not callable(app):
        raise NoAppError('the program has no application; name it app')
    return app  # type: ignore[no-any-return]


def fault_of(error: BaseException, path: Path) -> Values:
    """Say why a program does not start: its line, and each fault of a policy."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
    line = frames[-1].lineno if frames else None
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = error.lineno
    faults = error.faults if isinstance(error, PolicyError) else ()
    message = ''.join(traceback.format_exception_only(error)).strip()
    return {'line': line, 'message': message, 'faults': list(faults)}


async def fault_of_check(browser: Browser, check: Values) -> str:
    """Send a request of an exercise; say how its outcome differs from what is expected."""
    expected = check['expect']
    try:
        reply = await browser.afetch(**check['request'])
    except FetchFailed as failure:
        return '' if 'blocked' in expected else f'Blocked by the browser: {failure.reason}.'
    if 'blocked' in expected:
        return 'The page can read the response.'
    if reply.status != expected['status']:
        return f'The status is {reply.status}, not {expected["status"]}.'
    for name, value in expected.get('headers', {}).items():
        if reply.headers.get(name) != value:
            return f'The page reads {reply.headers.get(name)!r} from {name}, not {value!r}.'
    return ''


def verdict_of(failure: FetchFailed) -> Values:
    """What blocked the page, with the rule and the line of the console."""
    names = ('code', 'reason', 'header', 'kind', 'fix', 'guide', 'section', 'console')
    return {name: getattr(failure, name) for name in names}


def seen(reply: Reply) -> Values:
    """What the page sees of a response."""
    return {
        'type': reply.type,
        'url': reply.url,
        'status': reply.status,
        'headers': reply.headers.pairs(),
        'body': base64.b64encode(reply.body).decode(),
        'redirected': reply.redirected,
    }


async def open_websocket(app: App, url: str, browser: Browser) -> Values:
    """Open a WebSocket to an ASGI application, and close it when the application waits for more.

    The CORS protocol doesn't apply to WebSockets (https://websockets.spec.whatwg.org/): the
    browser sends the page's origin with the handshake, and the server decides.
    """
    target = urllib.parse.urlsplit(url)
    headers = [(b'host', target.netloc.encode()), (b'origin', browser.page.encode())]
    address = parse_url(re.sub('^ws', 'http', url))
    cookies, _ = browser.cookies.retrieve(address, lambda: same_site(browser.page, address.origin))
    if cookies:
        headers.append((b'cookie', '; '.join(f'{c.name}={c.value}' for c in cookies).encode()))
    scope = {
        'type': 'websocket',
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'scheme': target.scheme,
        'path': urllib.parse.unquote(target.path),
        'raw_path': target.path.encode(),
        'query_string': target.query.encode(),
        'root_path': '',
        'headers': headers,
        'client': ('127.0.0.1', 50000),
        'server': (target.hostname, target.port or 443),
        'subprotocols': [],
    }
    inbox = [{'type': 'websocket.connect'}]
    outbox: list[Values] = []

    async def receive() -> Values:
        return inbox.pop() if inbox else {'type': 'websocket.disconnect', 'code': 1001}

    async def send(event: Values) -> None:
        outbox.append(event)

    await app(scope, receive, send)
    kinds = [event['type'].removeprefix('websocket.') for event in outbox]
    accepted = kinds[:1] == ['accept']
    closed = outbox[-1].get('code', 1000) if kinds[-1:] == ['close'] and accepted else None
    sent = [event for event in outbox if event['type'] == 'websocket.send']
    return {
        'accepted': accepted,
        'messages': [event.get('text') or repr(event.get('bytes')) for event in sent],
        'code': closed if closed is not None else ABNORMAL_CLOSURE,
        'handshake': {
            'url': url,
            'request_headers': [(name.decode(), value.decode()) for name, value in headers],
            'status': 101 if accepted else 403,
        },
    }


playground = Playground()


async def call(name: str, argument: str) -> str:
    """Call a method of the playground with JSON; return JSON."""
    methods = {
        'check': playground.check,
        'exercise': playground.exercise,
        'load': playground.load,
        'fetch': playground.fetch,
        'websocket': playground.websocket,
    }
    return json.dumps(await methods[name](json.loads(argument)))
