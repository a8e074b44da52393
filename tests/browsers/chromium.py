"""Drive a real Chromium over its own protocol (CDP), with websockets as the only dependency."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

VARIABLE = 'CHROMIUM'
INSTALL = 'apt-get install --no-install-recommends chromium'
FLAGS = (
    '--headless',
    '--no-sandbox',  # the tests may run as root, in a container
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--password-store=basic',
    # Nothing but loopback has an address.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    '--remote-debugging-port=0',
)


def executable() -> str | None:
    """Find Chromium: the variable CHROMIUM, or the usual names on the path."""
    names = [os.environ.get(VARIABLE, ''), 'chromium', 'chromium-browser', 'google-chrome']
    return next((found for name in names if name and (found := shutil.which(name))), None)


class Chromium:
    """One page of a fresh browser.

    Attributes:
        version: Product and version, such as ``Chrome/156.0.8078.73``.
        console: Every line that the browser printed to the console since :meth:`open`.
        requests: Every address, but for ``data:``, that the page asked for since :meth:`open`.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self.console: list[str] = []
        self.requests: list[str] = []
        self._loads = 0
        self._session: dict[str, str] = {}
        self._answers: dict[int, dict[str, Any]] = {}
        self._sent = 0
        self._changed = threading.Condition()
        self._closed = False
        self._socket = socket
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.version: str = self.send('Browser.getVersion')['product']
        self._attach()

    def _attach(self) -> None:
        deadline = time.monotonic() + 10
        while not (pages := self._pages()):
            if time.monotonic() > deadline:
                raise TimeoutError('Chromium opened no page')
            time.sleep(0.05)
        target = pages[0]['targetId']
        attached = self.send('Target.attachToTarget', targetId=target, flatten=True)
        self._session = {'sessionId': attached['sessionId']}
        for domain in ('Page', 'Runtime', 'Log', 'Network', 'DOM'):
            self.send(f'{domain}.enable')

    def _pages(self) -> list[dict[str, Any]]:
        targets = self.send('Target.getTargets')['targetInfos']
        return [target for target in targets if target['type'] == 'page']

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result.

        Raises:
            RuntimeError: The browser refused the command.
            ConnectionError: The browser ended.
            TimeoutError: No answer within 30 seconds.
        """
        with self._changed:
            self._sent += 1
            number = self._sent
        message = {'id': number, 'method': method, 'params': params, **self._session}
        self._socket.send(json.dumps(message))
        self._wait(lambda: number in self._answers or self._closed, method)
        if number not in self._answers:
            raise ConnectionError(f'{method}: the browser ended')
        answer = self._answers.pop(number)
        if 'error' in answer:
            raise RuntimeError(f'{method}: {answer["error"]["message"]}')
        result: dict[str, Any] = answer['result']
        return result

    def open(self, url: str) -> None:
        """Load a page and wait for its load event."""
        self.console.clear()
        self.requests.clear()
        before = self._loads
        failed = self.send('Page.navigate', url=url).get('errorText')
        if failed:
            raise RuntimeError(f'{url}: {failed}')
        self._wait(lambda: self._loads > before, f'load of {url}')

    def run(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function, wait for its promise and return its value as JSON."""
        values = ', '.join(json.dumps(argument) for argument in arguments)
        result = self.send(
            'Runtime.evaluate',
            expression=f'(async () => JSON.stringify([await ({function})({values})]))()',
            awaitPromise=True,
            returnByValue=True,
        )
        if 'exceptionDetails' in result:
            raise RuntimeError(result['exceptionDetails']['exception'].get('description'))
        return json.loads(result['result']['value'])[0]

    def wait_for(self, expression: str, seconds: float = 10) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(f'() => !!({expression})'):
            if time.monotonic() > deadline:
                raise TimeoutError(expression)
            time.sleep(0.05)

    def press(self, key: str, code: int = 0, text: str = '') -> None:
        """Press and release a key."""
        common = {'key': key, 'windowsVirtualKeyCode': code}
        self.send('Input.dispatchKeyEvent', type='keyDown', text=text, **common)
        self.send('Input.dispatchKeyEvent', type='keyUp', **common)

    def forget_cookies(self) -> None:
        self.send('Network.clearBrowserCookies')

    def look(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Set the size of the window in CSS pixels, and the colour scheme."""
        self.send(
            'Emulation.setDeviceMetricsOverride',
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}
        self.send('Emulation.setEmulatedMedia', features=[scheme])

    def screenshot(self, path: Path, *, whole_page: bool = False) -> None:
        """Write what the window shows, or the whole page, as PNG."""
        picture = self.send('Page.captureScreenshot', captureBeyondViewport=whole_page)
        path.write_bytes(base64.b64decode(picture['data']))

    def close(self) -> None:
        self._session = {}
        self.send('Browser.close')
        self._reader.join(10)

    def _read(self) -> None:
        try:
            for message in self._socket:
                self._take(json.loads(message))
        except ConnectionClosed:
            pass
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        with self._changed:
            match message:
                case {'id': int(number)}:
                    self._answers[number] = message
                case {'method': 'Log.entryAdded', 'params': {'entry': entry}}:
                    self.console.append(entry['text'])
                case {'method': 'Runtime.exceptionThrown', 'params': {'exceptionDetails': thrown}}:
                    self.console.append(thrown['text'])
                case {'method': 'Network.requestWillBeSent', 'params': {'request': request}}:
                    if not request['url'].startswith('data:'):
                        self.requests.append(request['url'])
                case {'method': 'Page.loadEventFired'}:
                    self._loads += 1
            self._changed.notify_all()

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        with self._changed:
            if not self._changed.wait_for(ready, 30):
                raise TimeoutError(what)


@contextmanager
def launch() -> Iterator[Chromium]:
    """Start Chromium with a fresh profile; end it and its profile at the end."""
    found = executable()
    if found is None:
        raise FileNotFoundError(f'no Chromium on this machine; install it with: {INSTALL}')
    with tempfile.TemporaryDirectory(prefix='chromium-', ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            [found, *FLAGS, f'--user-data-dir={home}/profile', 'about:blank'],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, 'HOME': home},
        )
        try:
            address = _debugger(process)
            with connect(address, max_size=None, proxy=None, ping_interval=None) as socket:
                browser = Chromium(socket)
                try:
                    yield browser
                finally:
                    browser.close()
        finally:
            _end(process)


def _debugger(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    printed = []
    for line in process.stderr:
        printed.append(line)
        if found := re.search(r'DevTools listening on (ws://\S+)', line):
            threading.Thread(target=process.stderr.read, daemon=True).start()  # keep it flowing
            return found[1]
    raise RuntimeError(f'Chromium ended with {process.wait()}: {"".join(printed[-5:])}')


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finally:
        if process.stderr is not None:
            process.stderr.close()
