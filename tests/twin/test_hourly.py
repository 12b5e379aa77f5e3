"""Hour by hour, without streets."""

import numpy as np
import pytest

from twin.clock import HOUR_MS, parse_time
from twin.hourly import HourlySeries, hourly_series

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


@pytest.fixture(scope="module")
def two_years(config) -> HourlySeries:
    return hourly_series(config, 11, START_MS, 2 * 8766)


def months(series: HourlySeries) -> np.ndarray:
    local = (series.t_ms // HOUR_MS + 8).astype("datetime64[h]")
    return local.astype("datetime64[M]").astype(int) % 12


def days(values: np.ndarray) -> np.ndarray:
    return values[: len(values) // 24 * 24].reshape(-1, 24)


def test_two_years_have_shanghais_seasons(two_years) -> None:
    """Means of the record: January 4, July 30 degrees; haze in winter, less in summer."""
    month = months(two_years)
    mean = [two_years.temp_c[month == m].mean() for m in range(12)]
    assert mean[0] == pytest.approx(4.5, abs=3)
    assert mean[6] == pytest.approx(29.5, abs=3)
    haze = [two_years.pm25_ug_m3[month == m].mean() for m in (0, 7)]
    assert haze[0] > 1.5 * haze[1]


def test_nothing_drifts_from_one_year_to_the_next(two_years) -> None:
    half = len(two_years.t_ms) // 2
    for values, apart in ((two_years.temp_c, 1.5), (two_years.pressure_hpa, 1.5)):
        assert values[:half].mean() == pytest.approx(values[half:].mean(), abs=apart)


def test_wet_hours_rain_and_dry_air_are_as_often_as_recorded(two_years) -> None:
    """8.6 to 12.5 % of the hours are wet, 900 to 1,400 mm a year, in the years on record."""
    assert 0.07 < (two_years.rain_mm > 0).mean() < 0.14
    assert 600 < two_years.rain_mm.sum() / 2 < 2000
    assert 60 < two_years.rh_pct.mean() < 78


def test_rain_comes_in_spells(two_years) -> None:
    wet = two_years.rain_mm > 0
    assert (wet[1:] & wet[:-1]).sum() / wet.sum() > 0.6


def test_hot_days_and_gales_are_as_rare_as_on_record(two_years) -> None:
    """11 to 51 days of 35 degrees in a year on record; hours of 13 m/s on few days."""
    hot = (days(np.round(two_years.temp_c)).max(axis=1) >= 35).sum() / 2
    gales = (days(np.round(two_years.wind_m_s)).max(axis=1) >= 13).sum() / 2
    assert 4 <= hot <= 60
    assert 0.5 <= gales <= 12


def test_wind_and_rain_go_with_clean_air(two_years) -> None:
    haze = np.log(two_years.pm25_ug_m3 + 5)
    assert np.corrcoef(two_years.wind_m_s, haze)[0, 1] < -0.1
    assert haze[two_years.rain_mm > 1].mean() < haze[two_years.rain_mm == 0].mean()
    assert two_years.pm25_ug_m3.min() >= 0


def test_afternoons_are_dry_and_nights_damp(two_years) -> None:
    assert np.corrcoef(two_years.temp_c, two_years.rh_pct)[0, 1] < 0.3
    by_hour = days(two_years.rh_pct).mean(axis=0)  # the series begins at local midnight
    assert by_hour[14] < by_hour[4] - 10
