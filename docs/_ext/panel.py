"""The panel: a page's script, what went over the wire, the verdict and the console, as recorded.

``.. panel:: preflight`` shows everything that was recorded of a lesson. HTML readers choose the
page, the browser and the program; the choosers are radio buttons and CSS, so they work without
JavaScript. Every other format shows all of it in words. ``panel.js`` adds *Try it* where a demo is
running.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html import escape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.directives.code import container_wrapper
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec
from sphinx.writers.html5 import HTML5Translator

from cors_browser.replay import judge
from docs._ext.exchanges import Exchange, capture_of, read_exchange

ROOT = Path(__file__).parent.parent.parent
RECORDED = ROOT / 'docs/recorded'
CONSOLE = '(console)'
ENGINES = {'Chromium': 'chromium', 'Firefox': 'firefox', 'WebKitGTK': 'webkit'}
WORDS = {'readable': 'Readable', 'blocked by the browser': 'Blocked'}
ATTACK_WORDS = {  # of an attacker's page, so that nobody takes a blocked attack for a failure
    'readable': 'Read by the attacker',
    'blocked by the browser': 'Attack blocked',
    'refused by the server': 'Attack blocked',
}
ACAO = 'Access-Control-Allow-Origin'
#: The header, or the beginning of the status line, that decides in rules with this prefix.
DECISIVE = {
    'acao': ACAO,
    'acac': 'Access-Control-Allow-Credentials',
    'preflight-acao': ACAO,
    'preflight-acac': 'Access-Control-Allow-Credentials',
    'preflight-redirect': 'HTTP/1.1',
    'preflight-status': 'HTTP/1.1',
    'preflight-method': 'Access-Control-Allow-Methods',
    'preflight-bad-allow-methods': 'Access-Control-Allow-Methods',
    'preflight-authorization': 'Access-Control-Allow-Headers',
    'preflight-header': 'Access-Control-Allow-Headers',
    'preflight-bad-allow-headers': 'Access-Control-Allow-Headers',
    'corp': 'Cross-Origin-Resource-Policy',
    'redirect': 'Location',
}
SCENE = re.compile(
    r'(?P<step>[\w, ]+?)(?: from page (?P<page>\d))?(?: on (?P<program>\w+))?:'
    r'(?P<exchanges>[\w, -]*)(?:= *(?P<mood>good|bad)(?:, *(?P<word>.+))?)?'
)
CALL = re.compile(r'`\$\{api\}(?P<path>[^`]*)`')


class Row(NamedTuple):
    """One line of a record in docs/recorded/browsers."""

    page: str
    browser: str
    step: str
    verdict: str
    text: str

    @property
    def engine(self) -> str:
        """The class of the browser's parts in the panel."""
        return ENGINES[self.browser.partition(' ')[0]]


@dataclass
class Scene:
    """One step, called by one page on one program, and how its author likes the outcome."""

    step: str
    page: int
    program: str
    exchanges: list[str] = field(default_factory=list)
    mood: str | None = None
    word: str | None = None


class Record:
    """What three browsers did with a script and a program."""

    def __init__(self, path: Path) -> None:
        self.rows: list[Row] = []
        if path.is_file():  # else the lesson is new, and its panel is there to be recorded
            with path.open(newline='') as lines:
                self.rows = [Row(*row) for row in csv.reader(lines)][1:]
        self.pages = list(dict.fromkeys(row.page for row in self.rows))
        self.steps = [
            step
            for step in dict.fromkeys(row.step for row in self.rows)
            if step != CONSOLE and not step.endswith(', on the wire')
        ]
        self.browsers = list(dict.fromkeys(row.browser for row in self.rows))

    def outcomes(self, page: str, step: str) -> dict[tuple[str, str], list[Row]]:
        """The rows of a step, by verdict and what the script got."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            if (row.page, row.step) == (page, step):
                found.setdefault((row.verdict, row.text), []).append(row)
        return found

    def console(self, page: str, browser: str) -> Counter[str]:
        """The lines that a browser printed, in their order, each with how often."""
        return Counter(
            row.text
            for row in self.rows
            if (row.page, row.browser, row.step) == (page, browser, CONSOLE)
        )


def decisive_header(exchanges: Sequence[Exchange]) -> str:
    """Name the header of the last response that decides, by the model; empty if none does."""
    capture = capture_of(exchanges)
    if not capture.page:
        return ''
    _, failure = judge(capture)
    if failure is None:
        return ACAO
    found = [header for code, header in DECISIVE.items() if failure.code.startswith(code)]
    return found[-1] if found else ''


def fitting_exchanges(script: str, program: str, step: str, origin: str) -> list[str]:
    """Find the recorded exchanges that a step of a script makes if a page of an origin runs it.

    It is a guess from the script's text, so it keeps only what fits without a doubt.
    """
    function = re.search(rf'^async function {step}\(.*?^}}$', script, re.MULTILINE | re.DOTALL)
    call = CALL.search(function[0]) if function else None
    if not function or not call:
        return []
    method = re.search(r"method: '(\w+)'", function[0])
    sends_cookies = "credentials: 'include'" in function[0]
    preflights: list[str] = []
    requests: dict[bool, list[str]] = {True: [], False: []}  # with cookies, and without
    for path in sorted((RECORDED / 'exchanges').glob(f'{program}--*.http')):
        exchange = read_exchange(path)
        headers = dict(exchange.headers)
        made = headers.get('Access-Control-Request-Method')
        if exchange.origin != origin or ('Cookie' in headers and not sends_cookies):
            continue
        if (made or exchange.method, exchange.path) == (
            method[1] if method else 'GET',
            call['path'],
        ):
            kept = preflights if made else requests['Cookie' in headers]
            kept.append(path.stem.partition('--')[2])
    sent = requests[True] or requests[False]
    return [*preflights, *sent] if max(len(preflights), len(sent)) == 1 else []


def _as_json(text: str) -> dict[str, Any]:
    """Read a JSON object; an empty one if the text isn't one."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _body_of(value: dict[str, Any]) -> dict[str, Any]:
    """The part of a step's value that is the body, if it says so."""
    body = value.get('body', value)
    return body if isinstance(body, dict) else {}


class panel(nodes.General, nodes.Element):
    """A panel; its toolbar is html alone."""


def visit_panel_html(translator: HTML5Translator, node: panel) -> None:
    """Open the panel and write its choosers."""
    attributes: dict[str, str] = node.get('data', {})
    data = ''.join(f' data-{name}="{escape(value)}"' for name, value in attributes.items())
    translator.body.append(f'<div class="panel"{data}>\n')
    if translator.builder.name != 'epub':
        translator.body.append(node['toolbar'])


def depart_panel_html(translator: HTML5Translator, node: panel) -> None:
    """Close the panel."""
    translator.body.append('</div>\n')


def pass_over(translator: nodes.NodeVisitor, node: panel) -> None:
    """Show what is in the panel, and nothing around it."""


class Panel(SphinxDirective):
    """``.. panel:: lesson``, with a line for each scene that isn't the default."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[OptionSpec | None] = {
        'against': directives.unchanged,
        'pages': directives.unchanged,
        'steps': directives.unchanged,
        'recorded-only': directives.flag,
        'title': directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Build the panel from the records; a line that names nothing recorded is an error."""
        self.lesson = self.arguments[0]
        against = self.options.get('against')
        self.programs = [self.lesson, *([against] if against else [])]
        self.records = {program: self._read(program) for program in self.programs}
        first = self.records[self.lesson]
        self.steps = self.options.get('steps', '').split() or first.steps
        self.pages = [int(n) for n in self.options.get('pages', '').split()] or [
            number for number, _ in enumerate(first.pages, 1)
        ]
        scenes = self._scenes() if first.rows else []
        shown = nodes.container('', classes=['panel-recorded'])
        if self._script_path.is_file():  # a scene behind a proxy has none
            shown += self._script()
        for step in self.steps:
            shown += self._step(step, [scene for scene in scenes if scene.step == step])
        for program in self.programs:
            for page in self.pages:
                shown += self._console(program, page)
        node = panel('', shown, self._note())
        if 'recorded-only' not in self.options:
            node['data'] = {
                'lesson': self.lesson,
                'programs': ' '.join(self.programs),
                'moods': json.dumps(self._moods(scenes), separators=(',', ':')),
            }
        node['toolbar'] = self._toolbar()
        return [node]

    def _read(self, program: str) -> Record:
        name = self.lesson if program == self.lesson else f'{self.lesson}--{program}'
        path = RECORDED / f'browsers/{name}.csv'
        self.env.note_dependency(str(path))
        if program != self.lesson and not path.is_file():
            raise self.error(f'{path.name} is not recorded')
        return Record(path)

    # ---------------------------------------------------------------------- the scenes

    def _scenes(self) -> list[Scene]:
        """The scenes as recorded, with what the page's author says of them."""
        said = [self._scene(line) for line in self.content if line.strip()]
        by_key = {(scene.step, scene.page, scene.program): scene for scene in said}
        found = []
        for program in self.programs:
            for page in self.pages:
                for step in self.steps:
                    scene = by_key.pop((step, page, program), None)
                    if scene is None:
                        scene = Scene(step, page, program)
                        origin = self._page_of(scene)
                        scene.exchanges = fitting_exchanges(self._source, program, step, origin)
                    found.append(scene)
        if by_key:
            raise self.error(f'{list(by_key)} are not among the steps and pages shown')
        return found

    def _moods(self, scenes: Sequence[Scene]) -> dict[str, dict[str, dict[int, list[bool]]]]:
        """For *Try it*: of each step, by page, whether it was readable and whether that is good."""
        moods: dict[str, dict[str, dict[int, list[bool]]]] = {name: {} for name in self.programs}
        for scene in scenes:
            record = self.records[scene.program]
            verdict, _ = next(iter(record.outcomes(record.pages[scene.page - 1], scene.step)))
            mood = [verdict == 'readable', self._mood(scene, verdict) == 'good']
            moods[scene.program].setdefault(scene.step, {})[scene.page] = mood
        return moods

    def _scene(self, line: str) -> Scene:
        found = SCENE.fullmatch(line.strip())
        if not found:
            raise self.error(f'{line!r} is not "step [from page N] [on program]: exchanges"')
        return Scene(
            found['step'],
            int(found['page'] or 1),
            found['program'] or self.lesson,
            found['exchanges'].replace(',', ' ').split(),
            found['mood'],
            found['word'],
        )

    @property
    def _script_path(self) -> Path:
        return ROOT / f'frontend/{self.lesson}.js'

    @property
    def _source(self) -> str:
        return self._script_path.read_text() if self._script_path.is_file() else ''

    def _exchanges(self, scene: Scene) -> list[Exchange]:
        """Read a scene's exchanges: of its program, of another one, or through a proxy."""
        found = []
        for name in scene.exchanges:
            whole = name if '--' in name else f'{scene.program}--{name}'
            paths = [RECORDED / f'{folder}/{whole}.http' for folder in ('exchanges', 'proxies')]
            path = next((path for path in paths if path.is_file()), paths[0])
            self.env.note_dependency(str(path))
            if not path.is_file():
                raise self.error(f'no exchange {whole} is recorded')
            found.append(self._sent_by(self._page_of(scene), read_exchange(path)))
        return found

    def _page_of(self, scene: Scene) -> str:
        return self.records[scene.program].pages[scene.page - 1]

    def _sent_by(self, page: str, exchange: Exchange) -> Exchange:
        """Check that a page can have sent an exchange, so that a panel never mixes two pages."""
        # Redirects and sandboxed frames make the origin null, and only no-cors requests lack one.
        is_no_cors = 'no-cors' in exchange.request or "mode: 'no-cors'" in self._source
        if exchange.origin in (page, 'null') or (not exchange.origin and is_no_cors):
            return exchange
        sender = exchange.origin or 'no origin'
        raise self.error(f'{exchange.file.name} comes from {sender}, and the scene is of {page}')

    def _check_results(
        self, scene: Scene, outcomes: Iterable[tuple[str, str]], exchanges: Sequence[Exchange]
    ) -> None:
        """Check that what a page got doesn't contradict the response that is shown.

        A page may return the body, alone or as ``body``, and whatever else it made of it.
        """
        sent = _as_json(exchanges[-1].response.partition('\n\n')[2]) if exchanges else {}
        texts = [text for verdict, text in outcomes if verdict == 'readable']
        got = [_body_of(_as_json(text)) for text in texts]
        fits = [all(one[key] == sent[key] for key in one.keys() & sent.keys()) for one in got]
        if fits and not any(fits):
            raise self.error(f'{scene.step} got {texts}, and the response shown has {sent}')

    # ----------------------------------------------------------------------- the parts

    def _script(self) -> nodes.Node:
        path = self._script_path
        self.env.note_dependency(str(path))
        text = path.read_text()
        name = str(path.relative_to(ROOT))
        block = _included(text, path, 'javascript')
        link = relpath(f'../{name}', dirname(self.env.docname) or '.')
        caption = container_wrapper(self, block, f':download:`{name} <{link}>`')
        return nodes.container('', caption, classes=['panel-page'])

    def _step(self, step: str, scenes: Sequence[Scene]) -> nodes.Node:
        part = nodes.container('', classes=['panel-step'])
        for scene in scenes:
            part += self._scene_nodes(step, scene)
        return part

    def _scene_nodes(self, step: str, scene: Scene) -> nodes.Node:
        record = self.records[scene.program]
        page = self._page_of(scene)
        exchanges = self._exchanges(scene)
        part = nodes.container('', classes=['panel-scene', *self._chosen_by(scene)])
        who = f'The page at {page}' if len(self.pages) > 1 else ''
        program = f'on {scene.program}' if len(self.programs) > 1 else ''
        if said := ', '.join(filter(None, (who, program))):
            part += _paragraph(f'{said}:', classes=['panel-who'])
        outcomes = record.outcomes(page, step)
        for (verdict, text), rows in outcomes.items():
            part += self._verdict(scene, verdict, text, rows, len(record.browsers))
        self._check_results(scene, outcomes, exchanges)
        if exchanges:
            header = decisive_header(exchanges)
            good = {self._mood(scene, verdict) for verdict, _ in outcomes} != {'bad'}
            wire = nodes.container('', classes=['panel-wire', 'good' if good else 'bad'])
            wire += [_exchange(exchange) for exchange in exchanges[:-1]]
            wire += _exchange(exchanges[-1], header)
            part += wire
        return part

    def _verdict(
        self, scene: Scene, verdict: str, text: str, rows: Sequence[Row], browsers: int
    ) -> nodes.Node:
        classes = ['panel-verdict', self._mood(scene, verdict)]
        label = None
        if len(rows) < browsers:
            classes += [f'on-{row.engine}' for row in rows]
            label = ', '.join(row.browser.partition(' ')[0] for row in rows)
        said = nodes.paragraph()
        said += _code(f'{scene.step}(api)' if scene.step.isidentifier() else scene.step)
        said += nodes.Text(' ')
        words = ATTACK_WORDS if self._is_attack(scene) else WORDS
        word = scene.word or words.get(verdict, verdict.capitalize())
        said += nodes.strong('', word)
        if label:
            said += nodes.inline('', f' in {label}', classes=['panel-engine'])
        said += nodes.Text(': ')
        said += _code(text)
        return nodes.container('', said, classes=classes)

    def _mood(self, scene: Scene, verdict: str) -> str:
        """Say whether an outcome is good or bad for the author of the API.

        An author wants the own page to read, and doesn't mind whether others may, unless the
        other page is an attacker's or the program is wrong on purpose.
        """
        if scene.mood:
            return scene.mood
        readable = verdict == 'readable'
        if self._is_attack(scene):
            return 'bad' if readable else 'good'
        if scene.page > 1 and not scene.program.startswith('wrong_'):
            return 'good'
        return 'good' if readable else 'bad'

    def _is_attack(self, scene: Scene) -> bool:
        return len(self.programs) > 1 and scene.page > 1

    def _console(self, program: str, page: int) -> nodes.Node:
        record = self.records[program]
        origin = record.pages[page - 1]
        scene = Scene('', page, program)
        part = nodes.container('', classes=['panel-console', *self._chosen_by(scene)])
        printed = {browser: record.console(origin, browser) for browser in record.browsers}
        where = f' of {origin}' if len(self.pages) > 1 else ''
        where += f' on {program}' if len(self.programs) > 1 else ''
        head = nodes.paragraph('', 'Console', classes=['panel-head'])
        head += nodes.inline('', where, classes=['panel-who'])
        part += head
        if not any(printed.values()):
            part += _paragraph('(nothing)')
            return part
        for browser, lines in printed.items():
            own = nodes.container('', classes=[f'on-{ENGINES[browser.partition(" ")[0]]}'])
            own += _paragraph(browser, classes=['panel-engine'])
            own += [_line(line, times) for line, times in lines.items()] or [
                _paragraph('(nothing)')
            ]
            part += own
        return part

    def _chosen_by(self, scene: Scene) -> list[str]:
        """The classes by which the choosers show and hide a part."""
        return [f'from-{scene.page}', f'with-{self.programs.index(scene.program) + 1}']

    def _note(self) -> nodes.Node:
        browsers = self.records[self.lesson].browsers
        note = nodes.paragraph(classes=['panel-note'])
        recorded = (
            f'Recorded in {", ".join(browsers[:-1])} and {browsers[-1]}. ' if browsers else ''
        )
        note += nodes.Text(recorded or 'Not recorded yet. ')
        if 'recorded-only' not in self.options:
            inline, messages = self.parse_inline(
                ':doc:`Start the demo </tutorial/index>` (``nox -s demo``) to run it in yours.'
            )
            note += [*inline, *messages]
        return note

    def _toolbar(self) -> str:
        record = self.records[self.lesson]
        engines = {ENGINES[b.partition(' ')[0]]: b.partition(' ')[0] for b in record.browsers}
        pages = {str(number): record.pages[number - 1] for number in self.pages}
        programs = (
            dict(zip('12', ('Vulnerable', 'Fixed'), strict=True)) if len(self.programs) > 1 else {}
        )
        title = self.options.get('title')
        choose = partial(_chooser, self.lesson)
        attacker = '2' if len(self.programs) > 1 else ''
        return ''.join(
            [
                '<div class="panel-toolbar">',
                f'<strong class="panel-title">{escape(title)}</strong>' if title else '',
                choose('program', 'Program', programs),
                choose(
                    'page',
                    'Page',
                    {n: p.removeprefix('https://') for n, p in pages.items()},
                    attacker,
                ),
                choose(
                    'engine',
                    'Browser',
                    {key: name.removesuffix('GTK') for key, name in engines.items()},
                ),
                '<div class="panel-actions"></div></div>\n',
            ]
        )


def _chooser(
    lesson: str, name: str, legend: str, choices: Mapping[str, str], first: str = ''
) -> str:
    """Write radio buttons; nothing if there is nothing to choose. The first one is chosen."""
    if len(choices) < 2:
        return ''
    chosen = first or next(iter(choices))
    buttons = [
        f'<label><input type="radio" name="{lesson}-{name}" value="{value}" data-choose="{name}"'
        f'{" checked" if value == chosen else ""}><span>{escape(label)}</span></label>'
        for value, label in choices.items()
    ]
    return (
        f'<fieldset class="panel-choice panel-{name}s"><legend>{legend}</legend>'
        f'{"".join(buttons)}</fieldset>'
    )


def _included(text: str, path: Path, language: str, lines: Iterable[int] = ()) -> Any:
    """A block of code from a file; the drift guards read its options."""
    block = nodes.literal_block(text, text, language=language, source=str(path))
    block['include_options'] = {}
    if marked := list(lines):
        block['highlight_args'] = {'hl_lines': marked}
    return block


def _exchange(exchange: Exchange, header: str = '') -> nodes.Node:
    """The request and the response next to each other, with the decisive header marked."""
    is_preflight = any(name == 'Access-Control-Request-Method' for name, _ in exchange.headers)
    lines = exchange.response.splitlines()
    marked = [n for n, line in enumerate(lines, 1) if header and line.startswith(header)]
    request = nodes.container('', classes=['panel-request'])
    request += _paragraph('Preflight' if is_preflight else 'Request', classes=['panel-head'])
    request += _included(f'{exchange.request}\n', exchange.file, 'exchange')
    response = nodes.container('', classes=['panel-response'])
    response += _paragraph('Response', classes=['panel-head'])
    response += _included(f'{exchange.response}\n', exchange.file, 'exchange', marked)
    if header and not marked:
        missing = nodes.paragraph('', 'No ', classes=['panel-missing'])
        missing += _code(header)
        response += missing
    return nodes.container('', request, response, classes=['panel-exchange'])


def _code(text: str) -> nodes.literal:
    """Inline code that may break between its words, for it has no language of its own."""
    return nodes.literal(text, text, classes=['code'], language='text')


def _line(line: str, times: int) -> nodes.Node:
    shown = nodes.paragraph('', '', _code(line), classes=['panel-line'])
    if times > 1:
        shown += nodes.Text(f' ({times} times)')
    return shown


def _paragraph(text: str, **attributes: Any) -> nodes.paragraph:
    return nodes.paragraph(text, text, **attributes)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and tell every builder about its node."""
    app.add_node(
        panel,
        html=(visit_panel_html, depart_panel_html),
        text=(pass_over, pass_over),
        markdown=(pass_over, pass_over),
        latex=(pass_over, pass_over),
        man=(pass_over, pass_over),
        texinfo=(pass_over, pass_over),
    )
    app.add_directive('panel', Panel)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
