"""``python -m demo``: the guide, both APIs and an attacker's page, each on its own origin."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from demo.guide import ROOT, GuideServer
from demo.mount import program_names
from demo.processes import (
    DemoError,
    Server,
    api_servers,
    check_alive,
    free_ports,
    wait_until_answering,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until Ctrl-C, SIGTERM, or until one of its servers ends.

    Returns:
        The exit code: 0 after Ctrl-C, 1 where the demo could not start or go on.
    """
    options = _parser().parse_args(arguments)
    if os.name == 'nt':
        print('demo: gunicorn does not run on Windows itself; use WSL', file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        _run(options, stop)
    except DemoError as error:
        print(f'demo: {error}', file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='python -m demo',
        description='Serve the guide, the WSGI lessons (gunicorn) and the ASGI lessons (uvicorn) '
        'on three ports of 127.0.0.1, so on three origins, and the guide once more on a fourth, '
        'the origin of the attack lab. Ctrl-C stops all of them.',
    )
    for name, port, what in (
        ('guide', 9000, 'the guide'),
        ('wsgi', 9001, 'gunicorn'),
        ('asgi', 9002, 'uvicorn'),
        ('attacker', 9003, 'the attack lab'),
    ):
        parser.add_argument(
            f'--port-{name}',
            type=_port,
            default=port,
            metavar='PORT',
            help=f'port of {what} (default {port}; 0 takes any free port)',
        )
    parser.add_argument('--open', action='store_true', help='open the guide in your browser')
    parser.add_argument(
        '--guide',
        type=Path,
        default=ROOT / 'docs/_build/html',
        metavar='FOLDER',
        help='the built guide (default docs/_build/html)',
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f'{text!r} is not a port: give a number from 0 to 65535')
    return int(text)


def _run(options: argparse.Namespace, stop: threading.Event) -> None:
    if not (options.guide / 'index.html').is_file():
        raise DemoError(f'no built guide in {options.guide}; build it with: nox -s docs')
    guide, wsgi, asgi, attacker = free_ports(
        {
            '--port-guide': options.port_guide,
            '--port-wsgi': options.port_wsgi,
            '--port-asgi': options.port_asgi,
            '--port-attacker': options.port_attacker,
        }
    )
    origins, attackers = _origins(guide), _origins(attacker)
    with ExitStack() as running:
        apis = running.enter_context(api_servers(wsgi, asgi, pages=(guide, attacker)))
        urls = {'wsgi': apis[0].url, 'asgi': apis[1].url}
        description = {'origins': origins, 'attackers': attackers, 'lessons': _lessons(), **urls}
        for port in (guide, attacker):
            server = running.enter_context(GuideServer(port, options.guide, description))
            # shutdown() waits for as long as this before Ctrl-C is finished.
            poll = {'poll_interval': 0.05}
            threading.Thread(target=server.serve_forever, kwargs=poll, daemon=True).start()
            running.callback(server.shutdown)
        wait_until_answering(apis, stop)
        if not stop.is_set():
            _greet(origins[0], urls, attackers[0])
            if options.open:
                webbrowser.open(origins[0])
        _watch(apis, stop)


def _origins(port: int) -> list[str]:
    return [f'http://127.0.0.1:{port}', f'http://localhost:{port}']


def _lessons() -> dict[str, list[str]]:
    return {'wsgi': program_names('app_wsgi'), 'asgi': program_names('app_asgi')}


def _watch(apis: list[Server], stop: threading.Event) -> None:
    while not stop.wait(0.2):
        check_alive(apis)


def _greet(guide: str, urls: dict[str, str], attacker: str) -> None:
    print(
        f'\n  Guide     {guide}/'
        f'\n  WSGI API  {urls["wsgi"]}/  (gunicorn)'
        f'\n  ASGI API  {urls["asgi"]}/  (uvicorn)'
        f'\n  Attacker  {attacker}/  (the guide again, for the attack lab)'
        '\n\nOpen the guide, choose a lesson and press "Try it". Ctrl-C stops all of them.',
        flush=True,
    )


if __name__ == '__main__':
    sys.exit(main())
