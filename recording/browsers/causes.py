"""The causes of the error pages, and what each engine prints of them.

A cause is a page of docs/errors and a step that brings it about. Most run on real names over TLS.
If the fault lies outside every program, the lesson ``any_origin``, which allows every page, is
called in a setting that has it: a closed port, a certificate that nobody trusts, nginx in front.
Some settings exist on loopback only, and their lines carry its addresses.

``docs/recorded/browsers/messages.csv`` keeps the first line that each engine printed, which tells
the reason, and once the lines that come with many causes. Nothing is renamed.
"""

from __future__ import annotations

import csv
import io
import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, make_server

from demo.processes import free_ports, start_server
from recording.browsers.broken_servers import (
    Failure,
    claim_gzip,
    cut_short,
    failing,
    promise_more,
    reset,
    say_nothing,
)
from recording.browsers.local_servers import served, serving, throwaway_certificate
from recording.browsers.real_names import Stage, set_up, wait_until_listening
from recording.browsers.verdicts import wait_for_console
from recording.engines import ENGINES
from recording.engines.base import Engine, launch
from recording.engines.chromium import Chromium
from recording.engines.firefox import Firefox
from recording.lessons import API, ROOT, SHOP, load
from recording.proxies.deployment import behind, send
from recording.proxies.scenes import CLOSED

FILE = ROOT / 'docs/recorded/browsers/messages.csv'
NOTHING = '(nothing)'
MANY = '(many)'  # stands for the page of a line that comes after the first one of many causes
QUIET = 0.4  # seconds without a new line after which a console is read


class Cause(NamedTuple):
    """One way to bring about what an error page explains.

    Attributes:
        page: The name of its page in docs/errors.
        lesson: The program in app_wsgi and app_asgi, and the script in pages.
        step: The function of the script.
        code: What ``cors_browser`` says of it; empty if the page may read the response.
        setting: Where the lesson runs: on real names, or one of SETTINGS.
    """

    page: str
    lesson: str
    step: str
    code: str
    setting: str = 'names'


#: In the order of the index: the commonest first.
CAUSES = (
    Cause('no_acao', 'blocked', 'readMenu', 'acao-missing'),
    Cause('other_origin', 'wrong_other_origin', 'readMenu', 'acao-mismatch'),
    Cause('invalid_origin', 'wrong_invalid_origin', 'readWithoutScheme', 'acao-mismatch'),
    Cause('invalid_origin', 'wrong_invalid_origin', 'readWithSlash', 'acao-mismatch'),
    Cause('invalid_origin', 'wrong_invalid_origin', 'readWithEmpty', 'acao-mismatch'),
    Cause('invalid_origin', 'wrong_invalid_origin', 'readWithNull', 'acao-mismatch'),
    Cause('multiple_values', 'wrong_append_header', 'readMenu', 'acao-multiple'),
    Cause('multiple_values', 'wrong_two_headers', 'readMenu', 'acao-multiple'),
    Cause(
        'wildcard_credentials',
        'any_origin',
        'readMenuWithCredentials',
        'acao-wildcard-with-credentials',
    ),
    Cause('no_acac', 'wrong_no_acac', 'readBasket', 'acac-missing'),
    Cause('not_true', 'wrong_not_true', 'readBasket', 'acac-not-true'),
    Cause('preflight_status', 'wrong_auth_preflight', 'cancelAsBaker', 'preflight-status'),
    Cause('preflight_redirect', 'wrong_preflight_redirect', 'cancelOrder', 'preflight-redirect'),
    Cause('preflight_no_acao', 'wrong_on_options', 'changeOrder', 'preflight-acao-missing'),
    Cause('preflight_405', 'preflight', 'cancelOrder', 'preflight-acao-missing', setting='files'),
    Cause('preflight_405', 'preflight', 'cancelOrder', 'preflight-status', setting='catalog'),
    Cause('method', 'preflight', 'cancelOrder', 'preflight-method'),
    Cause('method_case', 'wrong_method_case', 'changeOrder', 'preflight-method'),
    Cause('header', 'shared_policy', 'cancelWithAnotherHeader', 'preflight-header'),
    Cause('header_wildcard', 'wrong_header_wildcard', 'fillBasket', 'preflight-header'),
    Cause('bad_list', 'wrong_bad_list', 'changeOrder', 'preflight-bad-allow-methods'),
    Cause('bad_list', 'wrong_bad_list', 'changeBread', 'preflight-bad-allow-headers'),
    Cause('crash', 'wrong_crash', 'readOven', 'acao-missing'),
    Cause('bad_gateway', 'wrong_bad_gateway', 'readMenu', 'acao-missing'),
    Cause('gateway', 'any_origin', 'readMenu', 'acao-missing', setting='login'),
    Cause('gateway', 'any_origin', 'readMenu', 'acao-missing', setting='forbidden'),
    Cause('gateway', 'any_origin', 'readMenu', 'acao-missing', setting='limited'),
    Cause('gateway', 'any_origin', 'readMenu', 'acao-missing', setting='http_to_tls'),
    Cause('gateway', 'any_origin', 'readMenu', 'acao-missing', setting='long_header'),
    Cause('redirect', 'wrong_redirect', 'readMenu', 'acao-missing'),
    Cause('closed_port', 'any_origin', 'readMenu', 'network', setting='closed'),
    Cause('broken_body', 'any_origin', 'readMenu', 'network', setting='reset'),
    Cause('broken_body', 'any_origin', 'readMenu', 'network', setting='silent'),
    Cause('broken_body', 'any_origin', 'readMenu', '', setting='cut_short'),
    Cause('broken_body', 'any_origin', 'readMenu', '', setting='too_short'),
    Cause('broken_body', 'any_origin', 'readMenu', '', setting='false_gzip'),
    Cause('no_scheme', 'any_origin', 'readMenu', 'cors-scheme', setting='no_scheme'),
    Cause('no_scheme', 'xhr', 'readBasket', 'cors-scheme', setting='no_scheme'),
    Cause('certificate', 'any_origin', 'readMenu', 'network', setting='untrusted'),
    Cause('mixed_content', 'any_origin', 'readMenu', 'mixed-content', setting='insecure'),
    Cause('local_network', 'any_origin', 'readMenu', '', setting='public'),
    Cause('orb', 'embedding', 'showLogo', '', setting='login_page'),
    Cause('no_cors', 'wrong_no_cors', 'readMenu', ''),
    Cause('unsafe_header', 'xhr', 'readOven', ''),
    Cause('header_null', 'expose_headers', 'readOrders', ''),
    Cause('no_cookie', 'credentials', 'readBasketWithoutCookies', ''),
)


class Message(NamedTuple):
    """A line that a browser printed: the first one of a cause, or one that comes with many."""

    page: str
    browser: str
    text: str

    @property
    def engine(self) -> str:
        return self.browser.partition(' ')[0]

    @property
    def without_numbers(self) -> Message:
        """The line without what differs from run to run: versions, and ports of loopback."""
        text = re.sub(r'(127\.0\.0\.1|localhost):[0-9]+', r'\1:0', self.text)
        return self._replace(browser=self.engine, text=text)


PAGE = '<!doctype html><title>The page</title><link rel="icon" href="data:,">'
STEP = """
async (script, step, api) => {
  const steps = (await import(script)).default;
  try {
    return JSON.stringify(await steps.find(({ name }) => name === step)(api));
  } catch (error) {
    return String(error);
  }
}
"""


def observe(browser: Engine, cause: Cause, page: str, api: str) -> list[Message]:
    """Run the step of a cause on a page; return every line that the console printed."""
    browser.open(f'{page}/index.html')
    browser.forget_cookies()
    browser.console.clear()
    got: str = browser.run(STEP, f'/_pages/{cause.lesson}.js', cause.step, api)
    wait_for_console(browser, int(got.startswith('TypeError')), QUIET)
    lines = [line.strip() for line in browser.console] or [NOTHING]
    return [Message(cause.page, browser.title, text) for text in lines]


def on_real_names(browser: Engine, stage: Stage) -> Iterator[list[Message]]:
    """Observe every cause that a program brings about."""
    stage.show(SHOP)
    for cause in CAUSES:
        if cause.setting == 'names':
            stage.forget(browser)
            stage.play('asgi', cause.lesson, cause.page)
            yield observe(browser, cause, SHOP, API)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves an empty page and the scripts of the lessons."""

    def translate_path(self, path: str) -> str:
        if path.startswith('/_pages/'):
            return str(ROOT / 'frontend' / path.removeprefix('/_pages/'))
        return super().translate_path(path)

    def log_message(self, format: str, *args: object) -> None: ...


class QuietWSGIHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def page_served(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        (Path(folder) / 'index.html').write_text(PAGE)
        handler = partial(QuietHandler, directory=folder)
        with served(ThreadingHTTPServer(('127.0.0.1', 0), handler), tls) as origin:
            yield origin


@contextmanager
def api_served(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    app = load('wsgi', 'any_origin')
    with served(make_server('127.0.0.1', 0, app, handler_class=QuietWSGIHandler), tls) as origin:
        yield origin


def refusing_firefox(public: str) -> type[Firefox]:
    """Firefox that takes a loopback address for a public one, and whose reader says no."""

    class RefusingFirefox(Firefox):
        preferences = Firefox.preferences | {
            'network.lna.address_space.public.override': public,
            'permissions.default.loopback-network': 2,
        }

    return RefusingFirefox


def without_private_network(engine: type[Engine], public: str) -> tuple[type[Engine], list[str]]:
    """An engine that takes a loopback address for a public one, where it tells them apart."""
    if engine is Chromium:
        return engine, [f'--ip-address-space-overrides={public}=public']
    return (refusing_firefox(public) if engine is Firefox else engine), []


@contextmanager
def closed(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """Nothing listens where the API should be."""
    (port,) = free_ports({'closed': 0})
    with page_served() as page, launch(engine) as browser:
        yield browser, page, f'http://127.0.0.1:{port}'


@contextmanager
def untrusted(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The API has a certificate that the browser does not trust."""
    with (
        page_served() as page,
        api_served(throwaway_certificate()) as api,
        launch(engine) as browser,
    ):
        yield browser, page, api


@contextmanager
def insecure(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The page was loaded over https, and calls http."""
    with set_up() as stage, stage.launch(engine) as browser:
        stage.show(SHOP)
        yield browser, SHOP, API.replace('https:', 'http:')


@contextmanager
def public(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The page is of the public network, the API of the reader's machine."""
    with page_served() as page, api_served() as api:
        kind, flags = without_private_network(engine, page.removeprefix('http://'))
        with launch(kind, *flags) as browser:
            yield browser, page, api


@contextmanager
def behind_gateway(
    path: str, engine: type[Engine], *, requests: int = 0
) -> Iterator[tuple[Engine, str, str]]:
    """nginx is in front of the API, and responds itself.

    Args:
        path: The part of ``wrong_gateway.conf``.
        engine: The browser.
        requests: How many requests are sent first, to use up what nginx grants.
    """
    with (
        set_up() as stage,
        TemporaryDirectory() as folder,
        behind('wrong_gateway.conf', Path(folder), {8000: CLOSED}) as nginx,
        stage.launch(engine) as browser,
    ):
        for _ in range(requests):
            send(nginx, nginx.build_request('GET', f'{path}/menu'))
        stage.show(SHOP)
        stage.names.lead('api.example.com', nginx.base_url.port or 443)
        yield browser, SHOP, API + path


@contextmanager
def http_to_tls(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The page calls nginx's port for https over http."""
    with (
        page_served() as page,
        TemporaryDirectory() as folder,
        behind('wrong_gateway.conf', Path(folder), {8000: CLOSED}) as nginx,
        launch(engine) as browser,
    ):
        yield browser, page, str(nginx.base_url.copy_with(scheme='http')).rstrip('/')


@contextmanager
def long_header(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """gunicorn takes shorter headers than the browser sends."""
    (port,) = free_ports({'gunicorn': 0})
    limit = ['--limit-request-field_size=20', '--log-level=critical']
    command = ['gunicorn', *limit, f'--bind=127.0.0.1:{port}', 'app_wsgi.any_origin:app']
    with ExitStack() as running:
        server = start_server(command, port, {**os.environ})
        running.callback(server.stop)
        page = running.enter_context(page_served())
        browser = running.enter_context(launch(engine))
        wait_until_listening([server])
        yield browser, page, server.url


@contextmanager
def broken(failure: Failure, engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The API's connection breaks, or its body."""
    with page_served() as page, failing(failure) as api, launch(engine) as browser:
        yield browser, page, api


@contextmanager
def no_scheme(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The address in the page lacks ``http://``, so its host is taken for the scheme."""
    with page_served() as page, launch(engine) as browser:
        yield browser, page, 'localhost:8000'


@contextmanager
def login_page(engine: type[Engine]) -> Iterator[tuple[Engine, str, str]]:
    """The API responds with the page of a login in place of a picture."""
    with (
        page_served() as page,
        serving(('Content-Type', 'text/html')) as (api, _),
        launch(engine) as browser,
    ):
        yield browser, page, api


Setting = Callable[[type[Engine]], AbstractContextManager[tuple[Engine, str, str]]]
SETTINGS: dict[str, Setting] = {
    'closed': closed,
    'untrusted': untrusted,
    'insecure': insecure,
    'public': public,
    'files': partial(behind_gateway, ''),
    'catalog': partial(behind_gateway, '/catalog'),
    'login': partial(behind_gateway, '/account'),
    'forbidden': partial(behind_gateway, '/staff'),
    'limited': partial(behind_gateway, '/offers', requests=1),
    'http_to_tls': http_to_tls,
    'long_header': long_header,
    'reset': partial(broken, reset),
    'silent': partial(broken, say_nothing),
    'cut_short': partial(broken, cut_short),
    'too_short': partial(broken, promise_more),
    'false_gzip': partial(broken, claim_gzip),
    'no_scheme': no_scheme,
    'login_page': login_page,
}


def in_setting(engine: type[Engine], setting: str) -> list[list[Message]]:
    """Observe the causes that a setting outside every program brings about."""
    with SETTINGS[setting](engine) as (browser, page, api):
        return [observe(browser, cause, page, api) for cause in CAUSES if cause.setting == setting]


def observe_all(stage: Stage) -> list[Message]:
    """Observe every cause in every engine; keep what is recorded, in the order of the causes."""
    runs: list[list[Message]] = []
    for engine in ENGINES.values():
        with stage.launch(engine) as browser:
            runs += on_real_names(browser, stage)
        runs += [run for setting in SETTINGS for run in in_setting(engine, setting)]
    pages = [cause.page for cause in CAUSES]
    first = sorted(dict.fromkeys(run[0] for run in runs), key=lambda told: pages.index(told.page))
    return first + companions(runs)


def companions(runs: list[list[Message]]) -> list[Message]:
    """The lines that tell no reason: they come after the first line of many causes."""
    first = {_without_url(run[0].text) for run in runs}
    later: dict[str, list[Message]] = {}
    for run in runs:
        for line in run[1:]:
            later.setdefault(_without_url(line.text), []).append(line)
    return [
        lines[0]._replace(page=MANY)
        for shape, lines in later.items()
        if shape not in first and len({line.page for line in lines}) > 4
    ]


def _without_url(text: str) -> str:
    return re.sub(r'https?://\S+', '', text)


def read() -> list[Message]:
    """Read the recorded lines."""
    with FILE.open(newline='') as lines:
        return [Message(*row) for row in csv.reader(lines)][1:]


def as_csv(messages: list[Message]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(name.capitalize() for name in Message._fields)
    writer.writerows(messages)
    return text.getvalue()
