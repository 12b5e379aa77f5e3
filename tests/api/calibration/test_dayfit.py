"""Days of a record: means, wetness, gaps."""

import numpy as np
import pytest

from api.calibration.dayfit import around, blurred, known_days
from twin.climate.days import Day
from twin.climate.row import Row


def rows(days: int, **columns: np.ndarray) -> Row:
    """Days of a plain hour with some columns replaced; classes: north-east is 1."""
    plain = {"temp": 20.0, "dew": 15.0, "pressure": 3.0, "wind": 4.0, "direction": 1.0}
    level = {**plain, "rain": 0.0, "haze": 3.0}
    filled = {name: np.full(24 * days, value) for name, value in level.items()}
    return Row(**{**filled, **columns})


def test_a_day_is_the_mean_of_its_hours() -> None:
    temp = np.r_[np.full(12, 10.0), np.full(12, 20.0)]
    day = Day(*known_days(rows(1, temp=temp, dew=temp - 5))[0])
    assert (day.temp, day.pressure, day.wind) == (15, 3, 4)
    assert (day.east, day.north) == (4, 4)
    assert day.spread == pytest.approx(np.log(5.5))


def test_wetness_is_the_hours_with_rain_and_a_dry_day_is_below_zero() -> None:
    rain = np.zeros(48)
    rain[3:8] = 0.4
    wet = known_days(rows(2, rain=rain))[:, Day._fields.index("wet")]
    assert wet[0] == 5
    assert wet[1] < 0


def test_a_day_with_too_many_gaps_is_unknown() -> None:
    temp = np.full(48, 22.0)
    temp[:10] = np.nan
    found = known_days(rows(2, temp=temp))[:, Day._fields.index("temp")]
    assert np.isnan(found[0])
    assert found[1] == 22


def test_the_blur_leaves_dry_days_dry_and_wet_days_wet() -> None:
    rain = np.zeros(24 * 40)
    rain[: 24 * 20 : 24] = 0.4
    known = known_days(rows(40, rain=rain))
    wet = blurred(known, 1)[:, Day._fields.index("wet")]
    assert np.all(wet[:20] > 0)
    assert np.all(wet[20:] < 0)
    assert not np.array_equal(blurred(known, 1), known)


def test_hours_see_yesterday_to_the_day_after_tomorrow() -> None:
    known = np.repeat(np.arange(6.0)[:, None], len(Day._fields), axis=1)
    assert around(known, np.array([50]))[:, 0, 0].tolist() == [1, 2, 3, 4]
