"""WebKitGTK's MiniBrowser under Xvfb, over WebKit's inspector protocol."""

from __future__ import annotations

import glob
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psutil

from demo.processes import free_ports
from recording.engines.base import PATIENCE, Connection, Engine, Process

SOFTWARE_ONLY = {
    'GDK_BACKEND': 'x11',
    'GSETTINGS_BACKEND': 'memory',
    'GTK_A11Y': 'none',
    'LIBGL_ALWAYS_SOFTWARE': '1',
    'NO_AT_BRIDGE': '1',
    'WEBKIT_DISABLE_COMPOSITING_MODE': '1',
    'WEBKIT_DISABLE_DMABUF_RENDERER': '1',
}
DOMAINS = ('Console', 'Page', 'Runtime')
STATE = "window.isOld ? '' : `${document.readyState} ${location.href}`"


class WebKit(Engine):
    """A page of a fresh MiniBrowser.

    A navigation to another site replaces the process of the page, so messages to and from the
    page travel inside ``Target`` messages, and :meth:`open` looks for the new document.
    """

    name = 'webkit'
    variable = 'WEBKIT'
    commands = tuple(sorted(glob.glob('/usr/lib/*/webkit2gtk-4.*/MiniBrowser'), reverse=True))
    install = 'apt-get install --no-install-recommends libwebkit2gtk-4.1-0 xvfb'

    @classmethod
    def executable(cls) -> str | None:
        return super().executable() if shutil.which('Xvfb') else None

    def _start(self, flags: Sequence[str]) -> Connection:
        self._targets: list[str] = []
        program = self.executable() or ''
        (port,) = free_ports({'inspector': 0})
        inspector = f'127.0.0.1:{port}'
        folders = ('XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME')
        environment = {
            'DISPLAY': self._display(),
            'WEBKIT_INSPECTOR_HTTP_SERVER': inspector,
            **SOFTWARE_ONLY,
            **dict.fromkeys(folders, str(self._home)),
        }
        version = self._process([program, '--version'], environment)
        self.title = version.wait_for_line('WebKitGTK .*')[0]
        process = self._process(
            [program, '--private', '--enable-developer-extras=true', *flags, 'about:blank'],
            environment,
        )
        return self._connect(f'ws://{inspector}/{_page_socket(process, inspector)}')

    def _display(self) -> str:
        """Start a screen that nobody sees; return its name."""
        # Xvfb writes the number to its standard error, where the lines of a process are read.
        command = ['Xvfb', '-displayfd', '2', '-screen', '0', '800x600x24', '-nolisten', 'tcp']
        return f':{self._process([*command, "-noreset"]).wait_for_line(r"^[0-9]+$")[0]}'

    def _attach(self) -> None:
        self._connection.wait(lambda: bool(self._targets), 'WebKit opened no page')
        for domain in DOMAINS:
            self.send(f'{domain}.enable')

    def _post(self, target: str, method: str, params: dict[str, Any]) -> int:
        number = self._connection.next_number()
        message = json.dumps({'id': number, 'method': method, 'params': params})
        wrapped = {'targetId': target, 'message': message}
        self._connection.send('Target.sendMessageToTarget', wrapped)
        return number

    def send(self, method: str, seconds: float = PATIENCE, **params: Any) -> dict[str, Any]:
        """Send one command to the page and return its result; see :meth:`Connection.answer`."""
        number = self._post(self._targets[-1], method, params)
        return self._connection.answer(number, method, seconds)

    def _navigate(self, url: str) -> None:
        self.send('Runtime.evaluate', expression='window.isOld = true')
        self.send('Page.navigate', url=url)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # The old process may answer no more, or be gone.
            with suppress(TimeoutError, RuntimeError, IndexError):
                result = self.send('Runtime.evaluate', 1, expression=STATE, returnByValue=True)
                state, _, place = result['result'].get('value', '').partition(' ')
                if state == 'complete' and place != 'about:blank':
                    return
            time.sleep(0.03)
        raise TimeoutError(f'load of {url}')

    def _evaluate(self, expression: str) -> str:
        result = self.send('Runtime.evaluate', expression=expression)
        if not result.get('wasThrown'):
            promise = result['result']['objectId']
            result = self.send('Runtime.awaitPromise', promiseObjectId=promise, returnByValue=True)
        if result.get('wasThrown'):
            raise RuntimeError(result['result'].get('description'))
        text: str = result['result']['value']
        return text

    def forget_cookies(self) -> None:
        for cookie in self.send('Page.getCookies')['cookies']:
            url = f'http://{cookie["domain"].lstrip(".")}{cookie["path"]}'
            self.send('Page.deleteCookie', cookieName=cookie['name'], url=url)

    def forget_preflights(self) -> None:
        """End the network process: it keeps the preflight cache, and WebKit starts another one.

        No command of the inspector empties that cache.
        """
        for process in psutil.Process(self.sessions[-1]).children(recursive=True):
            if process.name().startswith('WebKitNetwork'):
                process.kill()
                process.wait()

    def _take_event(self, message: dict[str, Any]) -> None:
        match message:
            case {'method': 'Target.targetCreated', 'params': {'targetInfo': target}}:
                if target['type'] == 'page':
                    self._meet(target)
            case {'method': 'Target.didCommitProvisionalTarget', 'params': {'newTargetId': new}}:
                self._targets.append(new)
            case {'method': 'Target.targetDestroyed', 'params': {'targetId': gone}}:
                self._targets = [target for target in self._targets if target != gone]
            case {'method': 'Target.dispatchMessageFromTarget', 'params': {'message': inner}}:
                self._connection.take(json.loads(inner))
            case {'method': 'Console.messageAdded', 'params': {'message': printed}}:
                self.console.append(printed['text'])

    def _meet(self, target: dict[str, Any]) -> None:
        """Note a page; listen to one that will replace it before it is shown."""
        if not target.get('isProvisional'):
            self._targets.append(target['targetId'])
            return
        for domain in DOMAINS:
            self._post(target['targetId'], f'{domain}.enable', {})
        if target.get('isPaused'):
            self._connection.send('Target.resume', {'targetId': target['targetId']})


def _page_socket(process: Process, inspector: str) -> str:
    """Wait until the inspector lists the page; return the path of its WebSocket."""
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        process.check_alive()
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            listed = ask(f'http://{inspector}/', timeout=5).read().decode()
            if found := re.search(r'socket/\d+/\d+/WebPage', listed):
                return found[0]
        time.sleep(0.05)
    raise TimeoutError('the inspector lists no page')
