"""Firefox, over WebDriver BiDi."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from recording.engines.base import Connection, Engine

# No background traffic; a dead proxy stands for all that is not loopback, DNS included.
PREFERENCES = {
    'app.normandy.enabled': False,
    'app.update.enabled': False,
    'browser.aboutwelcome.enabled': False,
    'browser.region.network.url': '',
    'browser.safebrowsing.malware.enabled': False,
    'browser.safebrowsing.phishing.enabled': False,
    'browser.shell.checkDefaultBrowser': False,
    'datareporting.policy.dataSubmissionEnabled': False,
    'dom.push.serverURL': '',
    'extensions.systemAddon.update.enabled': False,
    'extensions.update.enabled': False,
    'media.gmp-manager.updateEnabled': False,
    'network.captive-portal-service.enabled': False,
    'network.connectivity-service.enabled': False,
    'network.dns.disablePrefetch': True,
    'network.dns.forceResolve': '127.0.0.1',
    'network.proxy.failover_direct': False,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': 9,
    'network.proxy.no_proxies_on': 'localhost, 127.0.0.1',
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 9,
    'network.proxy.type': 1,
    'network.trr.mode': 5,
    'services.settings.server': 'data:,',
    'toolkit.telemetry.enabled': False,
    'toolkit.telemetry.server': '',
}


class Firefox(Engine):
    """A page of a fresh Firefox."""

    name = 'firefox'
    variable = 'FIREFOX'
    commands = ('firefox-esr', 'firefox')
    install = 'apt-get install --no-install-recommends firefox-esr'
    capabilities: ClassVar[dict[str, Any]] = {}
    preferences: ClassVar[dict[str, Any]] = PREFERENCES

    def _start(self, flags: Sequence[str]) -> Connection:
        profile = self._home / 'profile'
        profile.mkdir()
        lines = (
            f'user_pref({json.dumps(k)}, {json.dumps(v)});' for k, v in self.preferences.items()
        )
        (profile / 'user.js').write_text('\n'.join(lines))
        command = [self.executable() or '', '--headless', '--no-remote', '--profile', str(profile)]
        process = self._process(
            [*command, '--remote-debugging-port=0', *flags, 'about:blank'],
            {'MOZ_CRASHREPORTER_DISABLE': '1'},
            grace=15,
        )
        address = process.wait_for_line(r'WebDriver BiDi listening on (ws://\S+)')[1]
        return self._connect(f'{address}/session')

    def _attach(self) -> None:
        found = self.send('session.new', capabilities=self.capabilities)['capabilities']
        self.title = f'Firefox {found["browserVersion"]}'
        self._context = self.send('browsingContext.getTree')['contexts'][0]['context']
        self.send('session.subscribe', events=['log.entryAdded'])

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result; see :meth:`Connection.answer`."""
        return self._connection.answer(self._connection.send(method, params), method)

    def _navigate(self, url: str) -> None:
        self.send('browsingContext.navigate', context=self._context, url=url, wait='complete')

    def _evaluate(self, expression: str) -> str:
        target = {'context': self._context}
        result = self.send(
            'script.evaluate', expression=expression, awaitPromise=True, target=target
        )
        if result['type'] != 'success':
            raise RuntimeError(result['exceptionDetails']['text'])
        text: str = result['result']['value']
        return text

    def forget_cookies(self) -> None:
        self.send('storage.deleteCookies')

    def forget_preflights(self) -> None:
        """Go on in a new container: Firefox keeps the preflights of each apart.

        It has no command for it, and ``Clear-Site-Data`` leaves preflights alone.
        """
        container = self.send('browser.createUserContext')['userContext']
        tab = self.send('browsingContext.create', type='tab', userContext=container)['context']
        self.send('browsingContext.close', context=self._context)
        self._context = tab

    def close(self) -> None:
        self.send('browser.close')
        super().close()

    def _take_event(self, message: dict[str, Any]) -> None:
        match message:
            case {'method': 'log.entryAdded', 'params': {'text': text}}:
                self.console.append(text)
