"""What a permission decides in Chromium, as docs/recorded/browsers/local_network.csv says."""

from __future__ import annotations

from recording.browsers import local_network
from recording.engines.chromium import Chromium


def test_the_permission_decides_and_no_header_does(chromium: Chromium) -> None:
    rows = local_network.observe(chromium)
    assert local_network.FILE.read_text() == local_network.as_csv(rows)
