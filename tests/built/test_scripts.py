"""The scripts of a page share one scope: no name is declared in two of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bs4 import BeautifulSoup

from recording.lessons import ROOT

DECLARED = re.compile(r'^(?:async )?(?:class|const|function\*?|let|var) (\w+)', re.MULTILINE)


def test_no_two_scripts_of_a_page_declare_one_name(site: Path) -> None:
    loaded = set()
    for page in site.rglob('*.html'):
        tags = BeautifulSoup(page.read_text(), 'html.parser').select('script[src]')
        scripts = {page.parent / str(tag['src']).partition('?')[0] for tag in tags}
        names = Counter(name for path in scripts for name in DECLARED.findall(path.read_text()))
        assert [name for name, times in names.items() if times > 1] == [], page
        loaded |= {path.name for path in scripts}
    assert {path.name for path in (ROOT / 'docs/_static').glob('*.js')} <= loaded
