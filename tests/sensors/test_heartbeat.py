"""A watched process shows that its work goes on."""

import os
from pathlib import Path

from sensors.heartbeat import VARIABLE, Heartbeat


def age(file: Path) -> float:
    return file.stat().st_mtime


def test_the_file_is_touched_once_a_second_at_most(tmp_path: Path) -> None:
    file = tmp_path / "beat"
    heart = Heartbeat.of({VARIABLE: str(file)})
    heart.beat(5_000)
    os.utime(file, (0, 0))
    heart.beat(5_999)
    assert age(file) == 0
    heart.beat(6_000)
    assert age(file) > 0


def test_without_the_variable_nothing_is_written(tmp_path: Path) -> None:
    Heartbeat.of({}).beat(5_000)
    assert list(tmp_path.iterdir()) == []
