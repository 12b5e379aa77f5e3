"""Weather."""

import numpy as np
import pytest

from twin.clock import HOUR_MS
from twin.systems import weather
from twin.tick import Tick


def year(state, params, start_ms: int) -> np.ndarray:
    """Hourly temperature, rain and wind of two years."""
    rows = []
    for number in range(2 * 8766):
        weather.step(state, Tick(start_ms + number * HOUR_MS, 3600.0, 7), params)
        names = ("air_temp_c", "rain_mm_h", "wind_speed_m_s", "air_rh_pct")
        rows.append([float(state[f"quarter.{name}"][0]) for name in names])
    return np.array(rows)


def test_two_years_come_near_shanghais_normals(state, config, at) -> None:
    """Annual mean 16.7 C, 1 272 mm, about 840 wet hours."""
    temp, rain, wind, humidity = year(state, config.weather, at("2024-01-01T00:00").t_ms).T
    assert temp.mean() == pytest.approx(16.7, abs=1.2)
    assert rain.sum() / 2 == pytest.approx(1272, rel=0.3)
    assert (rain > 0).sum() / 2 == pytest.approx(835, rel=0.2)
    assert wind.mean() == pytest.approx(3.0, abs=0.3)
    assert 65 < humidity.mean() < 80


def test_the_step_length_does_not_change_the_spread_of_a_latent(state, config, at) -> None:
    start_ms = at("2026-05-01T00:00").t_ms
    spread = []
    for dt_s in (3600, 600):
        values = []
        for number in range(8000):
            weather.step(state, Tick(start_ms + number * dt_s * 1000, dt_s, 3), config.weather)
            values.append(float(state["weather.latent"][1]))
        spread.append(np.std(values))
    assert spread[0] == pytest.approx(1, abs=0.15)
    assert spread[1] == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize(("text", "up"), [("2026-06-21T12:00", True), ("2026-06-21T23:00", False)])
def test_the_sun_is_up_at_noon_and_down_at_night(text: str, up: bool, at) -> None:
    assert (weather.sun_elevation_sin(at(text)) > 0) is up


def test_the_sun_stands_higher_in_june_than_in_december(at) -> None:
    june, december = (weather.sun_elevation_sin(at(f"2026-{m}-21T12:00")) for m in ("06", "12"))
    assert june > 0.95
    assert december == pytest.approx(0.58, abs=0.03)


def test_afternoons_are_warmer_than_nights(start) -> None:
    city = start("2026-05-18T00:00")
    temps = np.array([truth.arrays["quarter.air_temp_c"][0] for truth in city.prehistory(days=30)])
    by_hour = temps.reshape(30, 24).mean(axis=0)
    assert by_hour[14] - by_hour[3] > 3


def test_gusts_exceed_the_mean_wind(weekday) -> None:
    for hour in weekday:
        assert np.all(hour["zone.wind_gust_m_s"] > hour["zone.wind_speed_m_s"])
