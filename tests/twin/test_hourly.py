"""Hour by hour, without streets."""

import numpy as np

from twin.clock import HOUR_MS, parse_time
from twin.hourly import hourly_series

START_MS = parse_time("2026-01-01")


def test_a_row_per_hour_with_the_dew_point_below_the_temperature(config) -> None:
    series = hourly_series(config, 7, START_MS, 48)
    assert series.t_ms.tolist() == [START_MS + number * HOUR_MS for number in range(48)]
    assert np.all(series.dew_point_c <= series.temp_c + 1e-9)
    assert set(series.wind_class) <= {"NE", "SE", "SW", "NW", "cv"}


def test_the_same_seed_gives_the_same_rows(config) -> None:
    first, second = (hourly_series(config, 7, START_MS, 48) for _ in range(2))
    assert first.pm25_ug_m3.tobytes() == second.pm25_ug_m3.tobytes()
    other = hourly_series(config, 8, START_MS, 48)
    assert first.temp_c.tobytes() != other.temp_c.tobytes()
