"""The future begins five minutes after the run clock, wherever in time the city lives."""

import pytest

from sensors.horizon import Horizon

MINUTES = 60_000


def test_before_the_first_clock_there_is_no_limit() -> None:
    assert Horizon().limit_ms(0) is None


def test_a_running_clock_is_followed_at_its_speed() -> None:
    horizon = Horizon()
    assert horizon.hear(b'{"run": "r", "t_ms": 1000, "speed": 60, "state": "running"}', 500)
    assert horizon.limit_ms(500) == 1000 + 5 * MINUTES
    assert horizon.limit_ms(1500) == 1000 + 60_000 + 5 * MINUTES


@pytest.mark.parametrize(
    "rest", ['"speed": 60, "state": "paused"', '"speed": null, "state": "running"']
)
def test_a_paused_clock_and_one_without_pace_stand(rest: str) -> None:
    horizon = Horizon()
    horizon.hear(b'{"t_ms": 1000, %s}' % rest.encode(), 0)
    assert horizon.limit_ms(9999) == 1000 + 5 * MINUTES


def test_a_wall_clock_that_steps_back_does_not_pull_the_limit_back() -> None:
    horizon = Horizon()
    horizon.hear(b'{"t_ms": 1000, "speed": 1}', 5000)
    assert horizon.limit_ms(0) == 1000 + 5 * MINUTES


def test_nonsense_leaves_the_clock_as_it_was() -> None:
    horizon = Horizon()
    horizon.hear(b'{"t_ms": 1000}', 0)
    for payload in (b"", b"[]", b"\xff", b'{"t_ms": "x"}'):
        assert not horizon.hear(payload, 0)
    assert horizon.limit_ms(0) == 1000 + 5 * MINUTES
