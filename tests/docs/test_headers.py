"""Each header of CORS has an entry in the reference that shows it in a recorded exchange."""

from __future__ import annotations

import re

import pytest

from docs._ext.exchanges import read_exchanges
from recording.http_file import EXCHANGES_FOLDER
from recording.lessons import ROOT

ENTRY = re.compile(r'\.\. _header-(\S+):\n\n([^\n]+)\n-+\n\n(.*?)(?=\n\.\. _header-|\Z)', re.DOTALL)
ENTRIES = {
    label: (title, text)
    for path in sorted((ROOT / 'docs/reference').glob('headers_*.rst'))
    for label, title, text in ENTRY.findall(path.read_text())
}
NAMES = sorted(
    {
        name
        for exchange in read_exchanges(EXCHANGES_FOLDER)
        for name in re.findall(r'^(Access-Control-[A-Za-z-]+|Origin|Vary): ', exchange.text, re.M)
    }
)


def test_the_exchanges_carry_what_the_standard_defines() -> None:
    assert len(NAMES) == 2 + 8


@pytest.mark.parametrize('name', NAMES)
def test_a_header_of_an_exchange_has_its_entry(name: str) -> None:
    title, text = ENTRIES[name.lower()]
    assert title == name
    shown = re.findall(r'\.\. literalinclude:: \.\./recorded/exchanges/(\S+)', text)
    assert shown
    for file in shown:
        assert f'\n{name}: ' in (EXCHANGES_FOLDER / file).read_text(), f'{file} has no {name}'


@pytest.mark.parametrize('label', ENTRIES)
def test_an_entry_says_who_what_how_and_where(label: str) -> None:
    _, text = ENTRIES[label]
    assert re.findall(r'^:([A-Z].+?):', text, re.M) == ['Sent by', 'Says', 'Grammar', 'Standard']
