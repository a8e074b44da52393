"""Build the guide, and name its pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from recording.lessons import ROOT

HTML_PAGES = [
    str(path.relative_to(ROOT / 'docs').with_suffix('.html'))
    for path in sorted((ROOT / 'docs').rglob('*.rst'))
    if '_build' not in path.parts
]


def build_guide(target: Path, source: Path = ROOT / 'docs', builder: str = 'html') -> Path:
    """Build a format as ``nox -s docs`` does, every warning an error; return ``target``."""
    command = [sys.executable, '-m', 'sphinx', '-b', builder, '-n', '-W', '--keep-going', '-q']
    doctrees = ['-d', str(target.with_name(f'{target.name}-doctrees'))]
    subprocess.run([*command, *doctrees, str(source), str(target)], check=True)
    return target
