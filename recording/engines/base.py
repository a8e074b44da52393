"""What the three engines have in common: a process, a connection, one page and its console."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

E = TypeVar('E', bound='Engine')
PATIENCE = 60  # seconds for a browser to start, load or answer, on a machine that is busy


class Process:
    """A program in a session of its own, whose output is kept.

    Attributes:
        printed: The lines it has printed so far.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._program = command[0]
        self.printed: list[str] = []
        self._at_end = False
        self._changed = threading.Condition()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors='replace',
            start_new_session=True,
            env={**os.environ, **environment},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as output:
            for line in output:
                with self._changed:
                    self.printed.append(line.rstrip())
                    self._changed.notify_all()
        with self._changed:
            self._at_end = True
            self._changed.notify_all()

    @property
    def session(self) -> int:
        """The session in which the program runs, and all that it starts."""
        return self._child.pid

    def check_alive(self) -> None:
        """Raise a RuntimeError with the last lines printed if the program has ended."""
        if self._child.poll() is not None:
            last = '\n'.join(self.printed[-5:])
            raise RuntimeError(f'{self._program}: ended with {self._child.returncode}: {last}')

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        """Wait until a line is printed that has the pattern."""
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while not (found := _first_match(pattern, self.printed)):
                if self._at_end:
                    last = '\n'.join(self.printed[-5:])
                    raise RuntimeError(f'{self._program}: ended without {pattern!r}: {last}')
                if time.monotonic() > deadline:
                    raise TimeoutError(f'no line with {pattern!r}')
                self._changed.wait(0.2)
        return found

    def end(self, grace: float) -> None:
        """End the program and all that it started; it has `grace` seconds to end by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(grace)
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):  # the group is gone
                os.killpg(self._child.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(10)
                break
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._reader.join(10)


def _first_match(pattern: str, lines: list[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := re.search(pattern, line))), None)


class Connection:
    """Commands and events as JSON over one WebSocket: what all three engines speak.

    Args:
        address: The ``ws:`` URL of the engine.
        on_event: Gets each message that answers no command, in the reading thread.
    """

    def __init__(self, address: str, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._on_event = on_event
        self._answers: dict[int, dict[str, Any]] = {}
        self._sent = 0
        self._changed = threading.Condition()
        self._closed = False
        self._closing = ExitStack()
        self._socket = self._closing.enter_context(
            connect(address, max_size=None, proxy=None, ping_interval=None)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def next_number(self) -> int:
        with self._changed:
            self._sent += 1
            return self._sent

    def send(self, method: str, params: dict[str, Any], **envelope: Any) -> int:
        """Send a command and return its number, under which its answer will come."""
        number = self.next_number()
        message = {'id': number, 'method': method, 'params': params, **envelope}
        self._socket.send(json.dumps(message))
        return number

    def answer(self, number: int, what: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait for the answer to a command.

        Raises:
            RuntimeError: The browser refused the command.
            ConnectionError: The browser ended.
            TimeoutError: No answer came in time.
        """
        self.wait(lambda: number in self._answers or self._closed, what, seconds)
        if number not in self._answers:
            raise ConnectionError(f'{what}: the browser ended')
        answer = self._answers.pop(number)
        if 'error' in answer:
            raise RuntimeError(f'{what}: {answer["error"]} {answer.get("message", "")}')
        result: dict[str, Any] = answer['result']
        return result

    def wait(self, ready: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait until something that events bring about is so."""
        with self._changed:
            if not self._changed.wait_for(ready, seconds):
                raise TimeoutError(what)

    def take(self, message: dict[str, Any]) -> None:
        """Keep an answer, hand on an event."""
        if message.get('id') is None:
            self._on_event(message)
        with self._changed:
            if message.get('id') is not None:
                self._answers[message['id']] = message
            self._changed.notify_all()

    def close(self) -> None:
        self._closing.close()
        self._reader.join(10)

    def _read(self) -> None:
        with suppress(ConnectionClosed):
            for message in self._socket:
                self.take(json.loads(message))
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Engine(ABC):
    """One page of a fresh browser.

    Args:
        home: An empty folder for all that the browser writes.
        flags: Further words for its command line.

    Attributes:
        name: The name of its profile in ``cors_browser``.
        title: Its name and version, such as ``Firefox 153.7``.
        console: Every line that the browser printed to the console since :meth:`open`.
        sessions: The sessions of its processes.
    """

    name: ClassVar[str]
    variable: ClassVar[str]
    commands: ClassVar[Sequence[str]]
    install: ClassVar[str]

    title: str

    def __init__(self, home: Path, flags: Sequence[str] = ()) -> None:
        self.console: list[str] = []
        self.sessions: list[int] = []
        self._home = home
        self._closing = ExitStack()
        try:
            self._connection = self._start(flags)
            self._attach()
        except BaseException:
            self._closing.close()
            raise

    @classmethod
    def executable(cls) -> str | None:
        """Find the browser: its variable, or its usual places."""
        names = [os.environ.get(cls.variable, ''), *cls.commands]
        return next((found for name in names if name and (found := shutil.which(name))), None)

    def _process(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        grace: float = 0,
    ) -> Process:
        """Start a program; it is ended with the browser, after `grace` seconds to end itself."""
        variables = {'HOME': str(self._home), **(environment or {})}
        process = Process(command, variables)
        self._closing.callback(process.end, grace)
        self.sessions.append(process.session)
        return process

    def _connect(self, address: str) -> Connection:
        connection = Connection(address, self._take_event)
        self._closing.callback(connection.close)
        return connection

    @abstractmethod
    def _start(self, flags: Sequence[str]) -> Connection:
        """Start the browser and connect to it."""

    @abstractmethod
    def _attach(self) -> None:
        """Find the page and listen to it; set the title."""

    @abstractmethod
    def _take_event(self, message: dict[str, Any]) -> None:
        """Note what the browser reports of itself."""

    @abstractmethod
    def _evaluate(self, expression: str) -> str:
        """Evaluate a promise of a text; a RuntimeError says what a script threw."""

    @abstractmethod
    def _navigate(self, url: str) -> None:
        """Load a page and wait for its load event."""

    @abstractmethod
    def forget_cookies(self) -> None:
        """Remove all cookies of the browser."""

    @abstractmethod
    def forget_preflights(self) -> None:
        """Let every preflight be sent again; the page that is open may change."""

    def open(self, url: str) -> None:
        """Load a page and wait for its load event; the console starts anew."""
        self.console.clear()
        self._navigate(url)

    def run(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function, wait for its promise and return its value as JSON."""
        values = ', '.join(json.dumps(argument) for argument in arguments)
        call = f'(async () => JSON.stringify([await ({function})({values})]))()'
        return json.loads(self._evaluate(call))[0]

    def wait_for(self, expression: str, seconds: float = 10) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(f'() => !!({expression})'):
            if time.monotonic() > deadline:
                raise TimeoutError(expression)
            time.sleep(0.05)

    def close(self) -> None:
        """End the browser and everything it started."""
        self._closing.close()


@contextmanager
def launch(engine: type[E], *flags: str) -> Iterator[E]:
    """Start a browser with a fresh profile; end it and remove its profile at the end.

    Raises:
        FileNotFoundError: It is not installed; the message says how to install it.
    """
    if engine.executable() is None:
        raise FileNotFoundError(missing(engine))
    with tempfile.TemporaryDirectory(prefix=f'{engine.name}-', ignore_cleanup_errors=True) as home:
        browser = engine(Path(home), flags)
        try:
            yield browser
        finally:
            browser.close()


def missing(engine: type[Engine]) -> str:
    """Say how to install an engine."""
    return f'no {engine.name} on this machine; install it with: {engine.install}'
