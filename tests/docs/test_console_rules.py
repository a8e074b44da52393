"""What ``cors_browser`` says of consoles and pages is what was recorded and what there is."""

from __future__ import annotations

import re

import pytest

from cors_browser import RULES
from recording.browsers.causes import CAUSES, read
from recording.lessons import ROOT

ENGINES = {'chromium': 'Chromium', 'firefox': 'Firefox', 'webkit': 'WebKitGTK'}
TOLD = [code for code, rule in RULES.items() if rule.console]


@pytest.mark.parametrize('profile', ENGINES)
@pytest.mark.parametrize('code', TOLD)
def test_a_rule_says_what_the_engine_printed(code: str, profile: str) -> None:
    rule = RULES[code]
    pattern = re.sub(r'\\\{[a-z]+\\\}', '(.*)', re.escape(rule.console[profile]))
    printed = [
        message.text
        for message in read()
        if message.engine == ENGINES[profile] and f'errors/{message.page}' == rule.guide
    ]
    assert any(re.fullmatch(pattern, text) for text in printed), printed


def test_every_code_that_a_page_causes_has_one() -> None:
    causes = {cause.code: cause for cause in reversed(CAUSES) if cause.code}
    assert {code: RULES[code].guide for code in causes} == {
        code: f'errors/{cause.page}' for code, cause in causes.items()
    }
    in_demo = {cause.code for cause in CAUSES if cause.setting == 'demo'} - {''}
    assert set(TOLD) == in_demo


def test_every_page_named_is_there() -> None:
    named = {rule.guide for rule in RULES.values()} - {''}
    assert len(named) >= 15
    assert [page for page in named if not (ROOT / f'docs/{page}.rst').is_file()] == []
