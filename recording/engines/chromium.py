"""Chromium, over its own protocol (CDP)."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recording.engines.base import Connection, Engine


class Chromium(Engine):
    """A page of a fresh Chromium.

    Attributes:
        requests: Every address, but for ``data:``, that the page asked for since :meth:`open`.
        failures: What the network panel says of each request that failed since :meth:`open`.
    """

    name = 'chromium'
    variable = 'CHROMIUM'
    commands = ('chromium', 'chromium-browser', 'google-chrome')
    install = 'apt-get install --no-install-recommends chromium'
    flags = (
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
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1',
        '--remote-debugging-port=0',
    )

    def _start(self, flags: Sequence[str]) -> Connection:
        self.requests: list[str] = []
        self.failures: list[str] = []
        self._loads = 0
        self._session: dict[str, str] = {}
        command = [self.executable() or '', *self.flags, *flags]
        profile = f'--user-data-dir={self._home}/profile'
        process = self._process([*command, profile, 'about:blank'], grace=10)
        return self._connect(process.wait_for_line(r'DevTools listening on (ws://\S+)')[1])

    def _attach(self) -> None:
        product: str = self.send('Browser.getVersion')['product']
        self.title = product.replace('HeadlessChrome/', 'Chromium ').replace('Chrome/', 'Chromium ')
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
        """Send one command and return its result; see :meth:`Connection.answer`."""
        number = self._connection.send(method, params, **self._session)
        return self._connection.answer(number, method)

    def _navigate(self, url: str) -> None:
        self.requests.clear()
        self.failures.clear()
        before = self._loads
        failed = self.send('Page.navigate', url=url).get('errorText')
        if failed:
            raise RuntimeError(f'{url}: {failed}')
        self._connection.wait(lambda: self._loads > before, f'load of {url}')

    def leave(self, function: str) -> None:
        """Call a function that leads to another page, and wait for the load event of that page."""
        before = self._loads
        self.run(f'() => {{ setTimeout({function}); }}')  # so that the call returns before
        self._connection.wait(lambda: self._loads > before, 'load of the next page')

    def _evaluate(self, expression: str) -> str:
        result = self.send(
            'Runtime.evaluate', expression=expression, awaitPromise=True, returnByValue=True
        )
        if 'exceptionDetails' in result:
            raise RuntimeError(result['exceptionDetails']['exception'].get('description'))
        text: str = result['result']['value']
        return text

    def press(self, key: str, code: int = 0, text: str = '') -> None:
        """Press and release a key."""
        common = {'key': key, 'windowsVirtualKeyCode': code}
        self.send('Input.dispatchKeyEvent', type='keyDown', text=text, **common)
        self.send('Input.dispatchKeyEvent', type='keyUp', **common)

    def forget_cookies(self) -> None:
        self.send('Network.clearBrowserCookies')

    def forget_preflights(self) -> None:
        """Empty the HTTP cache and the preflight cache."""
        self.send('Network.clearBrowserCache')

    def look(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Set the size of the window in CSS pixels, and the color scheme."""
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
        super().close()

    def _take_event(self, message: dict[str, Any]) -> None:
        match message:
            case {'method': 'Log.entryAdded', 'params': {'entry': entry}}:
                self.console.append(entry['text'])
            case {'method': 'Runtime.exceptionThrown', 'params': {'exceptionDetails': thrown}}:
                self.console.append(thrown['text'])
            case {'method': 'Network.requestWillBeSent', 'params': {'request': request}}:
                if not request['url'].startswith('data:'):
                    self.requests.append(request['url'])
            case {'method': 'Network.loadingFailed', 'params': {'errorText': failure}}:
                self.failures.append(failure)
            case {'method': 'Page.loadEventFired'}:
                self._loads += 1
