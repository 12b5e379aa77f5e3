"""The live run is found from clocks; nonsense is ignored."""

import pytest

from api.runclock import RunClock, RunFinder
from sensors.clockmessage import ClockMessage, encode_clock, parse_clock


def clock(run: str, t_ms: int = 0, state: str = "running") -> bytes:
    return encode_clock(ClockMessage(run=run, t_ms=t_ms, state=state))


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"\xff", b'{"run": 1, "t_ms": 2}'])
def test_what_is_not_a_clock_is_none(payload: bytes) -> None:
    assert parse_clock(payload) is None


def test_fields_that_later_versions_add_are_ignored() -> None:
    found = parse_clock(b'{"run": "r1", "t": "x", "t_ms": 5, "speed": null, "new": 1}')
    assert found == ClockMessage(run="r1", t="x", t_ms=5, speed=None)


def test_a_clock_that_moves_wins_over_a_newer_one_that_stands() -> None:
    finder = RunFinder()
    for payload in (clock("r1", 10), clock("r2", 99), clock("r1", 11)):
        finder.hear(payload)
    best = finder.best()
    assert best is not None
    assert best.run == "r1"


def test_before_any_moves_the_newest_that_has_not_stopped_is_chosen() -> None:
    finder = RunFinder()
    for payload in (clock("r1"), clock("r2"), clock("r3", state="stopped"), b"nonsense"):
        finder.hear(payload)
    best = finder.best()
    assert best is not None
    assert best.run == "r2"


def test_without_clocks_there_is_no_run() -> None:
    assert RunFinder().best() is None


def test_age_counts_wall_time_since_the_newest_message() -> None:
    wall = [1_000]
    running = RunClock("r1", lambda: wall[0])
    assert running.age_s() is None
    assert running.now_ms() == 1_000
    running.hear(ClockMessage(run="r1", t_ms=77))
    wall[0] = 4_500
    assert running.now_ms() == 77
    assert running.age_s() == 3.5
