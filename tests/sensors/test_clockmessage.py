"""Only a clock that can be meant is taken for one."""

import pytest

from sensors.clockmessage import PAUSED, ClockMessage, encode_clock, parse_clock


def test_what_was_told_is_what_is_heard() -> None:
    clock = ClockMessage(run="r", t_ms=1_777_618_800_000, speed=60.0, state=PAUSED, seed=7)
    assert parse_clock(encode_clock(clock)) == clock


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"t_ms": 1000}',
        b'{"run": "r", "t_ms": "x"}',
        b'{"run": "r", "t_ms": -1}',
        b'{"run": "r", "t_ms": 1000000000000000000000000000000}',
        b'{"run": "r", "t_ms": 1000, "speed": 1e308}',
        b'{"run": "r", "t_ms": 1000, "speed": -60}',
    ],
)
def test_nonsense_is_no_clock(payload: bytes) -> None:
    assert parse_clock(payload) is None
