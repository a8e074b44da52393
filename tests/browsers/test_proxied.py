"""Each engine behind nginx: what its console says is what the pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from recording.browsers import verdicts
from recording.browsers.behind_proxy import WATCHED, watch
from recording.browsers.real_names import Stage
from recording.engines.base import Engine
from recording.lessons import INTERFACES


@pytest.mark.needs('nginx')
@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('scene', WATCHED)
def test_an_engine_does_what_the_page_says(
    named_engine: Engine, stage: Stage, scene: str, interface: str, tmp_path: Path
) -> None:
    recorded = verdicts.read(scene)
    seen = watch(named_engine, stage, interface, scene, tmp_path, recorded)
    assert verdicts.differences(recorded, seen) == []
