"""What a permission decides in Chromium, as docs/_verdicts/local_network.csv says."""

from __future__ import annotations

from tests.browsers import local_network
from tests.browsers.chromium import Chromium


def test_the_permission_decides_and_no_header_does(chromium: Chromium) -> None:
    rows = local_network.observe(chromium)
    assert local_network.FILE.read_text() == local_network.as_csv(rows)
