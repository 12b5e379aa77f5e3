"""The future begins five minutes after the run clock, wherever in time the city lives."""

import pytest

from sensors.clockmessage import PAUSED, RUNNING, ClockMessage
from sensors.horizon import Horizon

MINUTES = 60_000


def _clock(speed: float | None = None, state: str = RUNNING) -> ClockMessage:
    return ClockMessage(run="r", t_ms=1000, speed=speed, state=state)


def test_before_the_first_clock_there_is_no_limit() -> None:
    assert Horizon().limit_ms(0) is None


def test_a_running_clock_is_followed_at_its_speed() -> None:
    horizon = Horizon()
    horizon.hear(_clock(speed=60), 500)
    assert horizon.limit_ms(500) == 1000 + 5 * MINUTES
    assert horizon.limit_ms(1500) == 1000 + 60_000 + 5 * MINUTES


@pytest.mark.parametrize("clock", [_clock(60, PAUSED), _clock(None)])
def test_a_paused_clock_and_one_without_pace_stand(clock: ClockMessage) -> None:
    horizon = Horizon()
    horizon.hear(clock, 0)
    assert horizon.limit_ms(9999) == 1000 + 5 * MINUTES


def test_a_wall_clock_that_steps_back_does_not_pull_the_limit_back() -> None:
    horizon = Horizon()
    horizon.hear(_clock(speed=1), 5000)
    assert horizon.limit_ms(0) == 1000 + 5 * MINUTES
