"""Weather."""

import numpy as np
import pytest

from twin.climate.chain import Chain, Exact
from twin.clock import HOUR_MS, MINUTE_MS
from twin.hourly import hourly_series
from twin.systems import weather
from twin.tick import Tick

RAIN = Exact._fields.index("rain")


@pytest.fixture(scope="module")
def chain(config) -> Chain:
    return Chain.of(config.weather_laws, config.haze_laws)


def test_full_hours_are_those_of_the_hourly_series(start, config) -> None:
    """One climate for the running city and the long series; minutes add nothing at full hours."""
    city = start("2026-07-01T00:00")
    series = hourly_series(config, city.seed, city.now_ms - HOUR_MS, 4)
    for number in range(1, 4):
        city.run_until(city.now_ms + (1 if number == 1 else HOUR_MS))
        now = city.truth().arrays
        assert now["quarter.air_temp_c"][0] == pytest.approx(series.temp_c[number])
        assert now["quarter.pressure_hpa"][0] == pytest.approx(series.pressure_hpa[number])


def test_the_minutes_of_an_hour_add_up_to_its_rain(state, config, geography, at, chain) -> None:
    tick = at("2026-06-20T00:00")
    weather.begin(state, geography, config.weather, chain, tick)
    fallen, hours = 0.0, state["climate.hours"].reshape(3, -1)
    while hours[1, RAIN] < 1:
        tick = Tick(tick.t_ms + HOUR_MS, 3600.0, tick.seed)
        weather.step(state, tick, config.weather, chain)
    for minute in range(60):
        now = Tick(tick.t_ms + minute * MINUTE_MS, 60.0, tick.seed)
        weather.step(state, now, config.weather, chain)
        fallen += float(state["quarter.rain_mm_h"][0]) / 60
    assert fallen == pytest.approx(hours[1, RAIN])


def test_added_heat_and_rain_stay_physical(state, config, geography, at, chain) -> None:
    """Dew point at most the temperature, humidity at most 100, with and without levers."""
    for heat, rain in ((0.0, 0.0), (6.0, 0.0), (-12.0, 0.0), (0.0, 50.0)):
        weather.begin(state, geography, config.weather, chain, at("2026-07-01T00:00"))
        state.lever("quarter.temp_add_c")[:] = heat
        state.lever("quarter.rain_add_mm_h")[:] = rain
        for minute in range(0, 240, 10):
            tick = Tick(at("2026-07-01T00:00").t_ms + minute * MINUTE_MS, 600.0, 7)
            weather.step(state, tick, config.weather, chain)
            assert state["quarter.dew_point_c"][0] <= state["quarter.air_temp_c"][0]
            assert 0 < state["zone.air_rh_pct"].min() <= state["zone.air_rh_pct"].max() <= 100


def test_no_incident_heats_beyond_what_the_city_has_seen(
    state, config, geography, at, chain
) -> None:
    tick = at("2026-07-20T14:00")
    weather.begin(state, geography, config.weather, chain, tick)
    natural = float(state["quarter.air_temp_c"][0])
    state.lever("quarter.temp_add_c")[0] = 30.0
    weather.step(state, Tick(tick.t_ms + HOUR_MS, 36_000.0, tick.seed), config.weather, chain)
    assert natural < state["quarter.air_temp_c"][0] <= config.weather.hottest_c + 1e-9


def test_a_typhoon_lowers_the_pressure(start, inject) -> None:
    """Same seed, with and without."""
    calm, storm = start("2026-08-10T12:00"), start("2026-08-10T12:00")
    inject(storm, "typhoon", duration_s=2 * 3600)
    for city in (calm, storm):
        city.run_until(city.now_ms + HOUR_MS)
    name = "zone.pressure_hpa"
    assert np.all(storm.truth().arrays[name] < calm.truth().arrays[name] - 15)


def test_a_leap_back_begins_anew_and_goes_on_alike(state, config, geography, at, chain) -> None:
    """Whoever comes to a moment after a leap finds the same weather."""
    found = []
    for begun in ("2026-05-01T00:00", "2026-03-01T00:00"):
        weather.begin(state, geography, config.weather, chain, at(begun))
        weather.step(state, at("2026-04-01T06:00"), config.weather, chain)
        found.append(state["climate.hours"].tobytes())
    assert found[0] == found[1]


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


@pytest.fixture(scope="module")
def minutes(start, config, geography, at, chain) -> dict[str, np.ndarray]:
    """Every minute of a day in May, a row each."""
    state, tick = start("2026-05-18T00:00").state, at("2026-05-18T00:00")
    weather.begin(state, geography, config.weather, chain, tick)
    rows: dict[str, list[np.ndarray]] = {}
    for minute in range(1440):
        now = Tick(tick.t_ms + minute * MINUTE_MS, 60.0, tick.seed)
        weather.step(state, now, config.weather, chain)
        for quantity in weather.QUANTITIES:
            if quantity.truth:
                rows.setdefault(quantity.name, []).append(state[quantity.name].copy())
    return {name: np.array(values) for name, values in rows.items()}


def between(columns: np.ndarray) -> np.ndarray:
    """Correlation of every pair of columns."""
    return np.corrcoef(columns.T)[np.triu_indices(columns.shape[1], 1)]


def test_gusts_follow_the_wind_loosely_and_keep_their_mean(minutes, config) -> None:
    wind, gust = (minutes[f"quarter.wind_{name}_m_s"][:, 0] for name in ("speed", "gust"))
    usual = 1 + 2.2 * config.weather.gust_intensity
    assert np.mean(gust / wind) == pytest.approx(usual, rel=0.02)
    assert 0.04 < np.std(gust / wind) < 0.15
    assert 0.85 < np.corrcoef(wind, gust)[0, 1] < 0.995


def test_zones_share_a_part_of_their_gusts(minutes, config) -> None:
    factor = minutes["zone.wind_gust_m_s"] / minutes["zone.wind_speed_m_s"]
    found = between(factor)
    assert factor.min() > 1
    assert factor.mean() == pytest.approx(1 + 2.2 * config.weather.gust_intensity, rel=0.02)
    assert 0.1 < found.min() <= found.max() < 0.6


def test_zones_turn_and_slow_the_wind_independently(minutes, config) -> None:
    turn = minutes["zone.wind_dir_deg"] - minutes["quarter.wind_dir_deg"]
    turn = (turn + 180) % 360 - 180
    speed = minutes["zone.wind_speed_m_s"] / minutes["quarter.wind_speed_m_s"] - 1
    assert abs(np.corrcoef(turn.ravel(), speed.ravel())[0, 1]) < 0.06
    assert turn.mean() == pytest.approx(0, abs=0.2)
    assert turn.std() == pytest.approx(config.weather.zone_turn_deg, rel=0.05)


def test_zones_warm_together_and_wander_slowly_apart(minutes) -> None:
    temp = minutes["zone.air_temp_c"]
    apart = temp - temp.mean(axis=1, keepdims=True)
    assert 0.9 < between(temp).min() <= between(temp).max() < 0.9999
    assert 0.05 < apart.std(axis=0).mean() < 0.3
    assert np.abs(np.diff(apart, axis=0)).max() < 0.1
    assert between(apart).max() < 0.9


@pytest.mark.parametrize(("lever", "value"), [("wind_add_m_s", 25.0), ("rain_add_mm_h", 20.0)])
def test_wind_and_rain_bring_zones_together(
    lever: str, value: float, state, config, geography, at, chain
) -> None:
    weather.begin(state, geography, config.weather, chain, at("2026-05-18T00:00"))
    state["zone.temp_wander_c"] = 0.5
    state.lever(f"quarter.{lever}")[:] = value
    for hour in range(1, 25):
        tick = Tick(at("2026-05-18T00:00").t_ms + hour * HOUR_MS, 3600.0, 7)
        weather.step(state, tick, config.weather, chain)
    assert np.abs(state["zone.temp_wander_c"]).max() < 0.12
