"""Draw the guide's diagrams when it is built: as SVG for HTML and EPUB, in words for text.

A sequence is drawn from recorded exchanges. ``cors_browser`` replays them and says what the page
gets; the build fails where it would send other requests than those. The decisions are drawn from
``cors_browser.RULES``.
"""

from __future__ import annotations

import os
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

from cors_browser import RULES, Unreachable
from cors_browser import Exchange as ModelExchange
from cors_browser.replay import Capture, judge
from cors_browser.rules import NOT_OF_FETCH
from docs._ext.exchanges import API, Exchange, capture_of, read_exchange

SEQUENCES = {
    'simple': ('A simple request', ['one_origin--allowed']),
    'preflighted': ('A request with a preflight', ['preflight--asked', 'preflight--sent']),
    'refused': ('A refused preflight', ['preflight--method_refused']),
    'credentialed': ('A request with credentials', ['credentials--cookie_sent']),
}
SHOWN = ('access-control-', 'set-cookie', 'vary')  # headers of an answer that a diagram shows
CONDITIONS = {
    'new-request': 'fetch() refuses such a request.',
    'blocked-url': 'The port is blocked, or a page on https fetches http.',
    'same-origin-mode': "Mode 'same-origin', and the URL has another origin.",
    'no-cors-redirect': "Mode 'no-cors', and the redirect mode isn't 'follow'.",
    'scheme': 'The URL is neither http nor https.',
    'preflight-connection': 'The preflight gets no response.',
    'preflight-cors-check': 'Its response fails the CORS check.',
    'preflight-ok-status': 'Its status is not 200 to 299.',
    'preflight-lists': 'Its list of methods or of headers is malformed.',
    'preflight-methods': "The method isn't listed.",
    'preflight-authorization': "Authorization isn't listed, and '*' doesn't cover it.",
    'preflight-headers': "A header isn't listed.",
    'connection': 'There is no response that the browser takes.',
    'cors-check': "Mode 'cors', another origin: the response fails the CORS check.",
    'corp-check': "Mode 'no-cors': Cross-Origin-Resource-Policy forbids it.",
    'redirect': "The response is a redirect that can't be followed.",
}
END = "The page gets the answer, an opaque one with 'no-cors'."
WIDTH, LINE, CHARACTER = 360, 15, 6.5  # a wide font's average, so that lines fit in any


# ------------------------------------------------------------------------ recorded exchanges


def replay(recorded: list[Exchange]) -> tuple[Capture, list[str]]:
    """Let the model make the fetch behind some exchanges; return it, and what the page gets.

    Raises:
        ValueError: The model sends other requests than the recorded ones.
    """
    fetch = capture_of(recorded)
    exchange, failure = judge(fetch)
    if isinstance(failure, Unreachable):
        raise ValueError(f'{recorded[0].file.name}: {failure.reason}: record one')
    check_requests(exchange, recorded)
    last = recorded[-1]
    if failure is None:
        return fetch, [f'readable: {last.status}', last.response_body]
    outcome = [f'blocked: {failure.code}', failure.reason]
    if not exchange.reached_server:
        outcome.append(f'{fetch.method} {last.path} is never sent')
    return fetch, outcome


def check_requests(exchange: ModelExchange, recorded: list[Exchange]) -> None:
    sent = [(step.method, set(step.request_headers)) for step in exchange.steps]
    lower = [
        {(name.lower(), value) for name, value in one.headers if name != 'Cookie'}
        for one in recorded
    ]
    methods = [one.method for one in recorded]
    if [method for method, _ in sent] != methods or any(
        not wanted <= headers for wanted, (_, headers) in zip(lower, sent, strict=True)
    ):
        raise ValueError(f'recorded is {recorded}, but a browser sends {sent}: record it again')


# --------------------------------------------------------------------------------- sequences


@dataclass(frozen=True)
class Message:
    """One arrow: who tells whom, in which lines."""

    sender: str
    receiver: str
    lines: list[str]
    mark: str = ''

    @property
    def words(self) -> str:
        return f'{self.sender} to {self.receiver}: {", ".join(self.lines)}'


def messages(recorded: list[Exchange]) -> Iterator[Message]:
    """Yield a fetch from the page's call to what the page gets."""
    fetch, outcome = replay(recorded)
    path = recorded[-1].path
    call = [f'fetch {fetch.method} {path}', *(f'{n}: {value}' for n, value in fetch.headers)]
    if fetch.credentials == 'include':
        call.append("credentials: 'include'")
    yield Message('page', 'browser', call)
    for one in recorded:
        lines = [f'{name}: {value}' for name, value in one.headers]
        yield Message('browser', 'API', [f'{one.method} {one.path}', *lines])
        response = [f'{name}: {value}' for name, value in one.response_headers]
        shown = [line for line in response if line.lower().startswith(SHOWN)]
        yield Message('API', 'browser', [one.status, *shown])
    yield Message('browser', 'page', outcome, outcome[0].partition(':')[0])


def sequence(name: str, exchanges: Path) -> tuple[ET.Element, str]:
    """Draw one of :data:`SEQUENCES`; return the picture and its words."""
    title, files = SEQUENCES[name]
    recorded = [read_exchange(exchanges / f'{file}.http') for file in files]
    arrows = list(messages(recorded))
    words = [f'{number}. {message.words}.' for number, message in enumerate(arrows, 1)]
    picture = Picture(name, title, words)
    lanes = {'page': 30.0, 'browser': WIDTH / 2, 'API': WIDTH - 30.0}
    anchors = {'page': (4.0, 'start'), 'browser': (WIDTH / 2, 'middle'), 'API': (WIDTH - 4, 'end')}
    for lane, (x, anchor) in anchors.items():
        picture.text(lane, x, anchor, font_weight='bold')
    picture.down()
    picture.text(recorded[-1].origin, *anchors['page'])
    picture.text(API, *anchors['API'])
    picture.down(0.5)
    for message in arrows:
        side = 'API' if 'API' in (message.sender, message.receiver) else 'page'
        group = picture.group(message.mark)
        picture.down(0.7)
        for number, line in enumerate(message.lines):
            weight = 'bold' if number == 0 else 'normal'
            picture.lines(line, *anchors[side], group=group, font_weight=weight)
        picture.arrow(lanes, message, group)
    return picture.finish(), '\n'.join(words)


class Picture:
    """An SVG that grows downwards. It takes its colors from the text around it."""

    def __init__(self, name: str, title: str, words: list[str], width: str = '30rem') -> None:
        self.y = float(LINE)
        self.root = ET.Element(
            'svg',
            {
                'xmlns': 'http://www.w3.org/2000/svg',
                'class': f'diagram diagram-{name}',
                'role': 'img',
                'aria-labelledby': f'{name}-title',
                'aria-describedby': f'{name}-desc',
                'width': '100%',
                'style': f'max-width: {width}',
                'font-family': 'sans-serif',
                'font-size': '11.5',
                'fill': 'currentColor',
            },
        )
        ET.SubElement(self.root, 'title', {'id': f'{name}-title'}).text = title
        ET.SubElement(self.root, 'desc', {'id': f'{name}-desc'}).text = ' '.join(words)

    def down(self, lines: float = 1) -> None:
        self.y += lines * LINE

    def group(self, mark: str) -> ET.Element:
        return ET.SubElement(self.root, 'g', {'class': mark} if mark else {})

    def text(
        self, text: str, x: float, anchor: str, group: ET.Element | None = None, **style: str
    ) -> ET.Element:
        """Write a line at the present height."""
        place = {'x': f'{x:g}', 'y': f'{self.y:g}', 'text-anchor': anchor}
        style = {name.replace('_', '-'): value for name, value in style.items()}
        element = ET.SubElement(self.root if group is None else group, 'text', place | style)
        element.text = text
        return element

    def lines(
        self, text: str, x: float, anchor: str, group: ET.Element | None = None, **style: str
    ) -> None:
        """Write one text on as many lines as it needs, and go below it."""
        room = x if anchor == 'end' else WIDTH - x
        parts = textwrap.wrap(text, int(room / CHARACTER), break_on_hyphens=False)
        element = self.text('', x, anchor, group, **style)
        for number, part in enumerate(parts):
            place = {'x': f'{x:g}', 'dy': f'{LINE if number else 0}'}
            last = number == len(parts) - 1
            ET.SubElement(element, 'tspan', place).text = part if last else f'{part} '
        self.down(len(parts))

    def line(self, path: str, group: ET.Element | None = None, **style: str) -> None:
        style = {name.replace('_', '-'): value for name, value in style.items()}
        attributes = {'d': path, 'fill': 'none', 'stroke': 'currentColor', **style}
        ET.SubElement(self.root if group is None else group, 'path', attributes)

    def arrow(self, lanes: dict[str, float], message: Message, group: ET.Element) -> None:
        """Draw an arrow between two lanes, each marked by a stroke; answers are dashed."""
        self.down(-0.2)
        for x in lanes.values():
            self.line(f'M{x:g} {self.y - 7:g}v14', stroke_opacity='0.5')
        start, end = lanes[message.sender], lanes[message.receiver]
        dashes = {} if start < end else {'stroke_dasharray': '5 3'}
        self.line(f'M{start:g} {self.y:g}H{end:g}', group, **dashes)
        back = -7 if start < end else 7
        self.line(f'M{end:g} {self.y:g}l{back} -4v8z', group, fill='currentColor')
        self.down()

    def finish(self) -> ET.Element:
        self.root.set('viewBox', f'0 0 {WIDTH} {self.y:g}')
        return self.root


# --------------------------------------------------------------------------------- decisions


def parts() -> dict[str, dict[str, list[str]]]:
    """Sort the points of the rules, each with its codes, into what happens when.

    Raises:
        ValueError: A point has no condition here, or a condition has no point.
    """
    codes_of_fetch = [code for code in RULES if RULES[code].point not in NOT_OF_FETCH]
    by_point = groupby(codes_of_fetch, lambda code: RULES[code].point)
    points = {point: list(codes) for point, codes in by_point}
    if list(points) != list(CONDITIONS):
        raise ValueError(f'CONDITIONS has {list(CONDITIONS)}, cors_browser has {list(points)}')
    names = list(points)
    preflight = [name for name in names if points[name][0].startswith('preflight-')]
    start, end = names.index(preflight[0]), names.index(preflight[-1]) + 1
    titles = {
        'Before anything is sent': names[:start],
        f'Preflight, where one is needed; else on to {names[end]}': names[start:end],
        'The request and its answer': names[end:],
    }
    return {title: {name: points[name] for name in found} for title, found in titles.items()}


def decisions() -> tuple[ET.Element, str]:
    """Draw the rules of the model in their order; return the picture and its words."""
    found = parts()
    redirected = f'A redirect that is followed goes back to {RULES["bad-port"].point}.'
    words: list[str] = []
    for title, points in found.items():
        words.append(f'{title}.')
        words += [f'{name}: {CONDITIONS[name]} {", ".join(points[name])}.' for name in points]
    words += [redirected, END]
    picture = Picture('decisions', 'How a browser decides', words, '26rem')
    heights = []
    for title, points in found.items():
        heights.append(picture.y - 4)
        picture.lines(title, 26, 'start', font_weight='bold')
        for name, codes in points.items():
            picture.down(0.3)
            picture.lines(name, 26, 'start')
            picture.lines(CONDITIONS[name], 42, 'start')
            group = picture.group('blocked')
            picture.lines(', '.join(codes), 42, 'start', group)
        picture.down(0.7)
    picture.lines(redirected, 26, 'start')
    picture.down(0.5)
    group = picture.group('readable')
    picture.lines(END, 26, 'start', group, font_weight='bold')
    end = picture.y - LINE - 4
    picture.line(f'M14 {heights[0]:g}V{end:g}')
    picture.line(f'M14 {end:g}l-4 -7h8z', fill='currentColor')
    picture.line(f'M14 {heights[1]:g}H5V{heights[2]:g}H14', stroke_dasharray='5 3')
    return picture.finish(), '\n'.join(words)


# ------------------------------------------------------------------------------------- files


def draw(docs: Path) -> None:
    """Write every diagram below ``docs/_build/diagrams``, as ``.svg`` and in words as ``.txt``."""
    folder = docs / '_build/diagrams'
    folder.mkdir(parents=True, exist_ok=True)
    diagrams = {name: sequence(name, docs / 'recorded/exchanges') for name in SEQUENCES}
    for name, (picture, words) in {**diagrams, 'decisions': decisions()}.items():
        write(folder / f'{name}.svg', ET.tostring(picture, encoding='unicode') + '\n')
        write(folder / f'{name}.txt', words + '\n')


def write(path: Path, text: str) -> None:
    """Write a file where it changes, at once, for two builds may run beside each other."""
    if path.exists() and path.read_text() == text:
        return
    with tempfile.NamedTemporaryFile('w', dir=path.parent, delete=False) as file:
        file.write(text)
    os.replace(file.name, path)
