"""Rain within its hour."""

import numpy as np
import pytest

from twin.climate.storm import pattern, share
from twin.clock import HOUR_MS, MINUTE_MS


@pytest.mark.parametrize(("before", "after"), [(True, True), (False, True), (True, False)])
def test_the_minutes_have_mean_one_and_never_less_than_nothing(before: bool, after: bool) -> None:
    weights = pattern(7, 1000, before, after)
    assert weights.mean() == pytest.approx(1)
    assert weights.min() >= 0


def test_a_spell_begins_within_its_first_hour_and_ends_within_its_last() -> None:
    first = np.mean([pattern(7, hour, False, True)[0] == 0 for hour in range(200)])
    last = np.mean([pattern(7, hour, True, False)[-1] == 0 for hour in range(200)])
    assert first > 0.8
    assert last > 0.8
    assert pattern(7, 5, True, True).min() > 0


def test_shares_of_any_step_add_up_to_the_hour() -> None:
    weights = pattern(7, 42, False, True)
    for step_min in (1, 10, 60):
        starts = [42 * HOUR_MS + minute * MINUTE_MS for minute in range(0, 60, step_min)]
        shares = [share(weights, start_ms, step_min * 60) for start_ms in starts]
        assert np.mean(shares) == pytest.approx(1)
