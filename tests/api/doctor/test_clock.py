"""Clocks that are off are said to be off, by how much and what to set."""

from pathlib import Path

import pytest
from support.doctor import make_asked

from api.doctor.clock import check_city, check_machine, city, machine
from api.doctor.finding import Result
from sensors.clockmessage import ClockMessage
from twin.clock import HOUR_MS, MINUTE_MS

NOW = 1_777_600_000_000


@pytest.mark.parametrize(
    ("off_ms", "result", "words"),
    [
        (0, Result.OK, "agree"),
        (-4_900, Result.OK, "agree"),
        (30_000, Result.WARN, "30 s ahead of"),
        (-30_000, Result.WARN, "30 s behind"),
        (HOUR_MS, Result.FAIL, "3600 s ahead of"),
    ],
)
def test_this_machines_clock_is_compared_with_a_servers(
    off_ms: int, result: Result, words: str
) -> None:
    found = machine(NOW + off_ms, NOW, "InfluxDB")
    assert found.result is result
    assert words in found.says
    assert ("set this machine's clock" in found.do) is (result is not Result.OK)


def clocks(*times: int, state: str = "running", speed: float | None = 60) -> list[ClockMessage]:
    return [ClockMessage(run="r1", t_ms=t_ms, state=state, speed=speed) for t_ms in times]


@pytest.mark.parametrize(
    ("heard", "result", "words"),
    [
        ([], Result.WARN, "no city is heard"),
        ([clocks(NOW, state="stopped")], Result.WARN, "no city is heard"),
        ([clocks(NOW)], Result.FAIL, "and silent"),
        ([clocks(NOW, state="paused")], Result.OK, "paused"),
        ([clocks(NOW - HOUR_MS, NOW - MINUTE_MS)], Result.OK, "running at 60 times"),
        ([clocks(NOW, NOW + 1, speed=None)], Result.OK, "as fast as it can"),
        ([clocks(NOW - 1, NOW + MINUTE_MS, speed=1)], Result.OK, "running at 1 times"),
        ([clocks(NOW, NOW + HOUR_MS, speed=1)], Result.WARN, "3600 s ahead of this machine's"),
        ([clocks(0, NOW - HOUR_MS, speed=1)], Result.WARN, "3600 s behind this machine's"),
    ],
)
def test_the_citys_clock_tells_whether_it_lives_and_fits(
    heard: list[list[ClockMessage]], result: Result, words: str
) -> None:
    found = city(heard, NOW)
    assert found.result is result
    assert words in found.says
    assert bool(found.do) is (result is not Result.OK)


def test_the_run_that_moves_is_told_not_the_newer_one_that_stands_still() -> None:
    newer = [ClockMessage(run="r2", t_ms=NOW)]
    assert "run r1 " in city([newer, clocks(NOW, NOW + 1)], NOW).says


def test_with_nobody_there_the_clocks_cannot_be_told(tmp_path: Path) -> None:
    asked = make_asked(tmp_path)
    assert check_machine(asked).result is Result.WARN
    assert check_city(asked).says == "cannot be heard: see broker"
