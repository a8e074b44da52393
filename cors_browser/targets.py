# SPDX-License-Identifier: MIT-0
"""The kinds of APIs and how to call them: WSGI and ASGI applications, and URLs of servers."""

from __future__ import annotations

import asyncio
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any, NamedTuple

App = Callable[..., Any]
Target = App | str
WRAP = 'lambda environ, start_response: app(environ, start_response)'


class Limits(NamedTuple):
    """The limits for applications in this process."""

    seconds: float  #: The seconds for a response. Infinite without a limit.
    raise_app_exceptions: bool  #: Whether to raise their exceptions instead of sending a 500.


def in_event_loop() -> bool:
    """Whether the current thread is running an event loop."""
    try:
        return bool(asyncio.get_running_loop())
    except RuntimeError:
        return False


def is_asgi(app: object, argument: str = 'target') -> bool:
    """Whether an application takes ASGI's three arguments, rather than WSGI's two.

    Raises:
        TypeError: It is neither. The message says what to pass instead.
    """
    if isinstance(app, types.ModuleType):
        found = [name for name in ('app', 'application', 'api') if callable(vars(app).get(name))]
        fix = f'pass the application in it, such as {app.__name__}.{(found or ["app"])[0]}'
        raise TypeError(f'{argument}: {app.__name__} is a module; {fix}')
    if not callable(app):
        fix = "pass a WSGI or ASGI application, or a base URL such as 'http://127.0.0.1:8000'"
        raise TypeError(f'{argument}: {app!r} is of type {type(app).__name__}; {fix}')
    name = getattr(app, '__name__', type(app).__name__)
    if inspect.isclass(app) and not hasattr(app, '__iter__'):  # PEP 3333 allows iterable classes
        raise TypeError(f'{argument}: {name} is a class; pass an application, such as {name}()')
    required, most = count_of_arguments(app)
    is_async = is_coroutine_function(app)
    if most >= 3 and (required == 3 or is_async):
        return True
    if most >= 2 and not is_async and (required == 2 or inspect.isgeneratorfunction(app)):
        return False
    if most == float('inf'):
        fix = f'say which it is: {WRAP}'
        raise TypeError(f'{argument}: {name} takes any number of arguments; {fix}')
    fix = f'if it makes the application, call it: {name}()'
    takes = f'takes {required}' if required == most else f'takes {required} to {most}'
    raise TypeError(f'{argument}: {name} {takes} arguments, WSGI passes 2 and ASGI 3; {fix}')


def count_of_arguments(app: App) -> tuple[int, float]:
    """How many positional arguments a callable needs, and how many it takes."""
    try:
        parameters = inspect.signature(app).parameters.values()
    except ValueError:  # some extension modules don't provide signatures
        return 0, float('inf')
    positional = [p for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    needed = sum(parameter.default is parameter.empty for parameter in positional)
    variable = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
    return needed, float('inf') if variable else len(positional)


def is_coroutine_function(app: App) -> bool:
    """Whether a callable is defined with ``async def``."""
    while isinstance(app, functools.partial):
        app = app.func
    called = app if inspect.isroutine(app) else type(app).__call__
    return inspect.iscoroutinefunction(called)
