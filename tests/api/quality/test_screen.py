"""Single readings: what is believed, what waits, what is refused."""

import numpy as np
import pytest

from api.quality.limits import NEVER, Limits
from api.quality.screen import Screen

MINUTE = 60_000


def limits(**more: float) -> Limits:
    """One series sampled each minute: jumps of 5, 100 a second, stuck after 4."""
    facts = {
        "jump": 5.0, "rate_s": 100.0, "stuck": 4, "near": NEVER, "low": 0.5, "high": 99.5,
        "beat_ms": MINUTE, "patience_ms": 0,
    } | more  # fmt: skip
    whole = {"stuck", "beat_ms", "patience_ms"}
    return Limits(
        **{
            name: np.array([value], np.int64 if name in whole else np.float64)
            for name, value in facts.items()
        }
    )


def judged(screen: Screen, *values: float, first: int = 0) -> list[tuple[int, float]]:
    """(minute, value) of what is accepted, one reading a minute."""
    found = []
    for minute, value in enumerate(values, first):
        one = screen.judge(
            np.zeros(1, np.int32), np.array([minute * MINUTE]), np.array([float(value)])
        )
        found += list(zip((one.t_ms // MINUTE).tolist(), one.value.tolist(), strict=True))
    return found


def test_a_step_that_goes_back_was_a_spike() -> None:
    assert judged(Screen(limits()), 20, 21, 60, 22) == [(0, 20), (1, 21), (3, 22)]


def test_a_step_that_stays_is_believed_from_its_first_reading() -> None:
    assert judged(Screen(limits()), 20, 60, 61) == [(0, 20), (1, 60), (2, 61)]


def test_a_reading_that_fits_neither_waits_in_turn() -> None:
    assert judged(Screen(limits()), 20, 60, 90, 91) == [(0, 20), (2, 90), (3, 91)]


def test_a_spike_after_a_gap_may_be_larger() -> None:
    """Ten minutes without readings allow ten jumps."""
    screen = Screen(limits())
    judged(screen, 20)
    assert judged(screen, 60, first=10) == [(10, 60)]


def test_a_change_faster_than_anything_real_is_refused_until_it_could_have_happened() -> None:
    screen = Screen(limits(rate_s=0.1, jump=NEVER))
    assert judged(screen, 20, 40, 40, 40, 40) == [(0, 20), (4, 40)]


def test_without_limits_everything_is_believed() -> None:
    values = [20.0, 90.0, 1.0, 60.0]
    assert [value for _, value in judged(Screen(limits(jump=NEVER, rate_s=NEVER)), *values)] == (
        values
    )


def test_where_changes_are_reported_silence_confirms() -> None:
    screen = Screen(limits(patience_ms=90_000))
    assert judged(screen, 20, 60) == [(0, 20)]
    assert len(screen.ripen(MINUTE + 89_999).series) == 0
    assert screen.ripen(MINUTE + 90_000).value.tolist() == [60]
    assert judged(screen, 61, first=3) == [(3, 61)]


def test_the_same_again_and_again_is_stuck_until_it_moves() -> None:
    screen = Screen(limits())
    seen = []
    for minute, value in enumerate([20, 21, 21, 21, 21, 22]):
        judged(screen, value, first=minute)
        seen.append(bool(screen.stuck()[0]))
    assert seen == [False, False, False, False, True, False]


@pytest.mark.parametrize("value", [0, 0.5, 100])
def test_resting_at_the_end_of_the_scale_is_not_stuck(value: float) -> None:
    screen = Screen(limits())
    judged(screen, *[value] * 10)
    assert not screen.stuck()[0]


def test_readings_of_one_series_in_one_batch_are_judged_one_after_another() -> None:
    one, many = Screen(limits()), Screen(limits())
    values = [20.0, 60.0, 21.0, 60.0, 61.0, 62.0]
    accepted = many.judge(np.zeros(6, np.int32), np.arange(6) * MINUTE, np.array(values))
    pairs = sorted(zip((accepted.t_ms // MINUTE).tolist(), accepted.value.tolist(), strict=True))
    assert pairs == sorted(judged(one, *values))
    assert len(accepted.refused) == 1


def test_a_late_reading_changes_no_judgement() -> None:
    screen = Screen(limits())
    judged(screen, 20, 21, 22)
    assert judged(screen, 70, first=1) == [(1, 70)]
    assert judged(screen, 23, first=3) == [(3, 23)]
