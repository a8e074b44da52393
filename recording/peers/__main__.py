"""Ask every peer every question; write docs/recorded/middlewares, or ``--check`` it."""

from __future__ import annotations

import argparse
import csv
import difflib
import importlib.metadata
import io
import sys
from collections.abc import Iterable

from recording.lessons import ROOT
from recording.peers.apps import PEERS, Peer, silence
from recording.peers.probes import PROBES, Probe

MIDDLEWARES_FOLDER = ROOT / 'docs/recorded/middlewares'


def answer(peer: Peer, question: str, probe: Probe) -> str:
    """Ask one peer.

    Raises:
        RuntimeError: Falcon's two interfaces answer differently.
    """
    text = probe(peer.build)
    if peer.more is not None and (other := probe(peer.more)) not in (text, 'has none'):
        raise RuntimeError(f'{peer.name}, {question}: {text!r} on ASGI, {other!r} on WSGI')
    return text


def table(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator='\n').writerows(rows)
    return text.getvalue()


def answers() -> str:
    header = ['Question', *(peer.name for peer in PEERS)]
    rows = [
        [question, *(answer(peer, question, probe) for peer in PEERS)]
        for question, probe in PROBES.items()
    ]
    return table([header, *rows])


def versions() -> str:
    packages = dict.fromkeys(package for peer in PEERS for package in peer.packages)
    rows = [[package, importlib.metadata.version(package)] for package in packages]
    return table([['Package', 'Version'], *rows])


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m recording.peers', description=__doc__)
    parser.add_argument('--check', action='store_true', help='write nothing; fail if it differs')
    check = parser.parse_args().check
    with silence():
        tables = {'answers.csv': answers(), 'versions.csv': versions()}
    differs = False
    for name, text in tables.items():
        path = MIDDLEWARES_FOLDER / name
        before = path.read_text() if path.exists() else ''
        if text != before:
            differs = True
            lines = (before.splitlines(), text.splitlines())
            print(*difflib.unified_diff(*lines, name, name, n=0, lineterm=''), sep='\n')
        if not check:
            path.write_text(text)
    return int(check and differs)


if __name__ == '__main__':
    sys.exit(main())
