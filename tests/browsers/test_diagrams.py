"""The diagrams can be read on a phone, in the dark, and in the theme that the reader chose."""

from __future__ import annotations

import pytest

from recording.engines.chromium import Chromium
from recording.running_demo import RunningDemo
from tests.docs.guide import DIAGRAMS

LOOK = """(name) => {
  const number = (color) => color.match(/[0-9.]+/g).slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const picture = document.querySelector(`svg.diagram-${name}`);
  const frame = picture.getBoundingClientRect();
  const page = number(getComputedStyle(document.body).backgroundColor);
  const scale = frame.width / picture.viewBox.baseVal.width;
  return [...picture.querySelectorAll('text')].map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    const style = getComputedStyle(text);
    const [low, high] = [number(style.fill), page].sort((a, b) => a - b);
    return {
      text: text.textContent,
      fits: left >= frame.left && right <= frame.right
        && top >= frame.top && bottom <= frame.bottom,
      size: parseFloat(style.fontSize) * scale,
      contrast: (high + 0.05) / (low + 0.05),
    };
  });
}"""


@pytest.mark.parametrize('dark', [False, True])
@pytest.mark.parametrize('width', [380, 1280])
@pytest.mark.parametrize('name', DIAGRAMS)
def test_a_picture_can_be_read(
    chromium: Chromium, demo: RunningDemo, name: str, width: int, dark: bool
) -> None:
    chromium.look(width, dark=dark)
    chromium.open(f'{demo.guide}/explanation/{DIAGRAMS[name]}.html')
    assert chromium.run('() => document.documentElement.scrollWidth') <= width
    layout = chromium.run(LOOK, name)
    assert len(layout) > 5
    for line in layout:
        assert line['fits'], line
        assert line['size'] >= 10, line
        assert line['contrast'] >= 4.5, line


def test_a_picture_follows_the_theme_that_the_reader_chose(
    chromium: Chromium, demo: RunningDemo
) -> None:
    chromium.look(1280)
    chromium.open(f'{demo.guide}/explanation/decides.html')
    light = chromium.run(LOOK, 'simple')
    chromium.run("() => { document.body.dataset.theme = 'dark'; }")
    dark = chromium.run(LOOK, 'simple')
    assert light != dark
    assert all(line['contrast'] >= 4.5 for line in dark)
