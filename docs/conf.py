"""Sphinx configuration of the guide."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, ClassVar
from zipfile import ZIP_DEFLATED, ZipFile

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Keyword, Name, Number, String, Text
from sphinx.application import Sphinx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from docs._ext import diagrams  # noqa: E402  the folder above is on the path only now

project = 'CORS by Example, for Falcon'
author = 'The CORS by Example authors'
copyright = '2026, the CORS by Example authors (MIT-0: copy what you like)'
version = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['version']
html_title = project

extensions = [
    'myst_parser',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx_copybutton',
    'sphinx_tabs.tabs',
    'docs._ext.contents',
    'docs._ext.epub',
    'docs._ext.excerpts',
    'docs._ext.exercise',
    'docs._ext.finder',
    'docs._ext.folded',
    'docs._ext.markdown',
    'docs._ext.panel',
    'docs._ext.wordings',
    'docs._ext.playground',
]
exclude_patterns = ['_build', 'recorded']
nitpicky = True
# The guide fetches no inventory of another site, so these names stay unlinked.
nitpick_ignore = [
    ('py:class', 'collections.abc.AsyncIterable'),
    ('py:class', 'collections.abc.Awaitable'),
    ('py:class', 'collections.abc.Callable'),
    ('py:class', 'collections.abc.Iterable'),
    ('py:class', 'collections.abc.Mapping'),
    ('py:class', 'collections.abc.Sequence'),
    ('py:class', 'falcon.request.Request'),
    ('py:class', 'falcon.response.Response'),
    ('py:class', 'ssl.SSLContext'),
    ('py:class', 'BaseConverter'),
    ('py:class', 'Clock'),
    ('py:class', 'Target'),
]
# Python's own ``type`` in an annotation looks like the attribute ``type`` of two classes of ours.
suppress_warnings = ['ref.python']
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented'
autodoc_member_order = 'bysource'


def git(*arguments: str) -> str:
    """Run git in this clone; empty without git or outside a clone."""
    command = shutil.which('git')
    if command is None:
        return ''
    asked = [command, '-C', str(ROOT), *arguments]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


# The date below each page is that of the last commit, so that the same sources give the same pages.
if 'SOURCE_DATE_EPOCH' not in os.environ and (committed := git('log', '-1', '--format=%ct')):
    os.environ['SOURCE_DATE_EPOCH'] = committed
html_last_updated_fmt = '%Y-%m-%d' if 'SOURCE_DATE_EPOCH' in os.environ else None
html_last_updated_use_utc = True

# Pages link to their source if the clone comes from a forge; otherwise they name their file.
FORGES = {'https://github.com/': 'edit/main', 'https://gitlab.com/': '-/edit/main'}
CLONED = os.environ.get('READTHEDOCS_GIT_CLONE_URL') or git('config', '--get', 'remote.origin.url')
REPOSITORY = re.sub(r'^git@([^:]+):', r'https://\1/', CLONED).removesuffix('.git')
EDIT = next((edit for forge, edit in FORGES.items() if REPOSITORY.startswith(forge)), None)

html_theme = 'furo'
html_baseurl = os.environ.get('READTHEDOCS_CANONICAL_URL', '')
html_theme_options = {
    'source_edit_link': EDIT and f'{REPOSITORY}/{EDIT}/docs/{{filename}}',
    'light_css_variables': {
        'color-brand-primary': '#0b5c8a',
        'color-brand-content': '#0b5c8a',
        'color-foreground-muted': '#5a5c63',
    },
    'dark_css_variables': {
        'color-brand-primary': '#6cb8ea',
        'color-brand-content': '#6cb8ea',
        'color-foreground-muted': '#a3a6b0',
    },
}
pygments_style = 'a11y-high-contrast-light'
pygments_dark_style = 'a11y-high-contrast-dark'
html_favicon = '_static/icon.svg'
html_static_path = ['_static']
html_css_files = ['guide.css']
SCRIPTS = ('code_focus.js', 'tab_memory.js', 'panel.js', 'palette.js')
html_js_files = [(name, {'defer': 'defer'}) for name in SCRIPTS]
html_copy_source = False
html_show_sourcelink = False
html_permalinks_icon = '#'
templates_path = ['_templates']
epub_description = 'A guide to cross-origin resource sharing in which every line is executed.'
epub_identifier = epub_uid = 'cors-by-example-for-falcon'
epub_contributor = author
epub_show_urls = 'no'
epub_exclude_files = ['.buildinfo.bak']  # of a build before the configuration changed

sphinx_tabs_disable_css_loading = True
sphinx_tabs_disable_tab_closing = True
copybutton_exclude = '.linenos, .gp, .go'


class ExchangeLexer(RegexLexer):
    """Colors a recorded exchange; Pygments' own HTTP lexer stops after the first message."""

    name = 'HTTP exchange'
    tokens: ClassVar[dict[str, Any]] = {
        'root': [
            (
                r'^([A-Z]+)( )(\S+)( HTTP/1\.1\n)',
                bygroups(Name.Function, Text, Name.Namespace, Text),
            ),
            (r'^(HTTP/1\.1)( )(\d{3})(.*\n)', bygroups(Keyword, Text, Number, Text)),
            (r'^([A-Za-z-]+)(: ?)', bygroups(Name.Attribute, Text), 'value'),
            (r'.*\n', Text),
        ],
        'value': [(r'\n', Text, '#pop'), (r'\s+', Text), (r'\S+', String)],
    }


EXAMPLES = (
    'LICENSE',
    'cors.py',
    'cors_browser/*.py',
    'app_asgi/*.py',
    'app_wsgi/*.py',
    'frontend/**/*.*',
)


def write_examples(app: Sphinx, error: Exception | None) -> None:
    """Pack every example into ``examples.zip``, beside the pages of the html guide."""
    if error is None and app.builder.name == 'html':
        with ZipFile(app.outdir / 'examples.zip', 'w', ZIP_DEFLATED) as archive:
            for path in sorted(path for pattern in EXAMPLES for path in ROOT.glob(pattern)):
                archive.write(path, Path('cors-by-example', path.relative_to(ROOT)))


def deny_demo(app: Sphinx, error: Exception | None) -> None:
    """Say to *Try it* that no demo is running; the demo says otherwise under the same address."""
    if error is None and app.builder.name == 'html':
        (app.outdir / '_demo.json').write_text('null\n')


def draw_diagrams(app: Sphinx) -> None:
    """Draw what pages include from ``_build/diagrams``."""
    diagrams.draw(app.srcdir)


def drop_highlighting(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], *_: object
) -> None:
    """Leave out Sphinx's highlighting of words found: the guide's own search never starts it."""
    scripts = context.get('script_files', [])
    context['script_files'] = [
        script for script in scripts if not str(script.filename).endswith('sphinx_highlight.js')
    ]


def setup(app: Sphinx) -> None:
    """Register the lexer of the recorded exchanges, and what runs before and after a build."""
    app.add_lexer('exchange', ExchangeLexer)
    app.connect('html-page-context', drop_highlighting)
    app.connect('builder-inited', draw_diagrams)
    app.connect('build-finished', write_examples)
    app.connect('build-finished', deny_demo)
