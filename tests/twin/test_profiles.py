"""Values by hour and month."""

import math

import pytest

from twin.profiles import hourly, keep, monthly, stairs


def test_an_hourly_profile_is_exact_in_the_middle_of_the_hour_and_wraps_at_midnight() -> None:
    values = tuple(float(hour) for hour in range(24))
    assert hourly(values, 5.5) == 5.0
    assert hourly(values, 0.0) == pytest.approx(11.5)


def test_a_monthly_profile_is_exact_in_the_middle_of_the_month() -> None:
    assert monthly(tuple(float(month) for month in range(1, 13)), 15.2) == pytest.approx(
        1, abs=0.01
    )


def test_a_deviation_keeps_its_e_fold_after_one_time_constant() -> None:
    assert keep(600, 600) == pytest.approx(math.exp(-1))


@pytest.mark.parametrize(("value", "level"), [(0.0, 1.0), (0.1, 0.65), (1.9, 0.65), (50.0, 0.12)])
def test_a_level_holds_from_its_edge_on(value: float, level: float) -> None:
    assert stairs(value, (0.1, 2, 10), (1.0, 0.65, 0.35, 0.12)) == level
