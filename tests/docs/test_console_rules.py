"""What ``cors_browser`` says of consoles and pages is what was recorded and what there is."""

from __future__ import annotations

import re

import pytest

from cors_browser import RULES
from cors_browser.console import CONSOLES
from recording.browsers.causes import CAUSES, read
from recording.lessons import ROOT

ENGINES = {'chromium': 'Chromium', 'firefox': 'Firefox', 'webkit': 'WebKitGTK'}
CAUSED = dict.fromkeys(cause.code for cause in CAUSES if cause.setting == 'names' and cause.code)


@pytest.mark.parametrize('profile', ENGINES)
@pytest.mark.parametrize('code', CAUSED)
def test_a_template_fits_what_the_engine_printed(code: str, profile: str) -> None:
    template = CONSOLES[profile][code].replace('{redirected}', '')
    pattern = re.sub(r'\\\{[a-z_]+\\\}', '(.*)', re.escape(template))
    printed = [
        message.text
        for message in read()
        if message.engine == ENGINES[profile] and f'errors/{message.page}' == RULES[code].guide
    ]
    assert any(re.fullmatch(pattern, text) for text in printed), printed


def test_templates_are_of_codes() -> None:
    variants = {'acao-invalid', 'acao-repeated', 'same-origin-redirect'}
    known = {*RULES} | variants | {f'preflight-{code}' for code in variants}
    assert {code for lines in CONSOLES.values() for code in lines} <= known


def test_every_code_that_a_page_causes_has_one() -> None:
    causes = {cause.code: cause for cause in reversed(CAUSES) if cause.code}
    assert {code: RULES[code].guide for code in causes} == {
        code: f'errors/{cause.page}' for code, cause in causes.items()
    }


def test_every_page_named_is_there() -> None:
    named = {rule.guide for rule in RULES.values()} - {''}
    assert len(named) >= 15
    assert [page for page in named if not (ROOT / f'docs/{page}.rst').is_file()] == []
