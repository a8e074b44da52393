"""The README shows a lesson and its panel, as they are, before it asks anybody to install it."""

from __future__ import annotations

import re

from recording.lessons import ROOT

README = (ROOT / 'README.md').read_text()
# The last path in the sentence above a block names the block's file.
BLOCK = re.compile(r'`(?P<path>[\w/.]+)`[^`]*\n\n```(?:python|javascript)\n(?P<text>.*?)```', re.S)


def test_each_program_is_the_file_that_the_readme_names() -> None:
    blocks = list(BLOCK.finditer(README))
    assert len(blocks) == len(re.findall('```(?:python|javascript)', README)) >= 2
    for block in blocks:
        assert block['text'] == (ROOT / block['path']).read_text(), block['path']


def test_the_lesson_and_its_panel_come_before_the_commands() -> None:
    first_command = README.index('```console')
    (picture,) = re.finditer(r'!\[[^]]+\]\((?P<path>[\w/.]+)\)', README)
    assert (ROOT / picture['path']).is_file()
    assert max(block.end() for block in BLOCK.finditer(README)) < picture.start() < first_command
    assert 'install' not in README[:first_command].lower()


def test_ci_runs_the_test_command_of_the_readme_as_it_is_printed() -> None:
    commands = [line[2:] for line in README.splitlines() if line.startswith('$ ')]
    (command,) = (one for one in commands if one.startswith('python3') and one.endswith('tests'))
    assert command in (ROOT / '.ci/run').read_text().splitlines()
