"""Air."""

import numpy as np
import pytest

from twin.systems import air


def settle(state, config, geography, tick) -> None:
    air.step(state, tick, air.prepare(geography), config.air, config.haze_level)


def test_a_street_of_800_cars_adds_about_16_ug_of_no2(state, config, geography, at) -> None:
    """A sum by hand: +41 ug/m3 NOx at 0.8 m/s and 5 m, of which 0.4 is NO2."""
    state["link.veh_mean_veh_h"] = 800.0
    state["link.veh_speed_m_s"] = 99.0
    state["quarter.wind_speed_m_s"] = 1.6
    settle(state, config, geography, at("2026-05-18T10:00", 0.0))
    back = air.background(state, at("2026-05-18T10:00"), 1.6, config.air, config.haze_level)[2]
    assert state["link.no2_ug_m3"] - back == pytest.approx(0.4 * 41, rel=0.1)


def test_wind_clears_the_air(state, config, geography, at) -> None:
    levels = []
    for wind in (0.5, 8.0):
        state["quarter.wind_speed_m_s"] = wind
        settle(state, config, geography, at("2026-05-18T10:00", 0.0))
        levels.append(state["zone.pm25_ug_m3"].mean())
    assert levels[1] < 0.7 * levels[0]


def test_rain_washes_particles_out(state, config, geography, at) -> None:
    settle(state, config, geography, at("2026-05-18T10:00", 0.0))
    dry = state["zone.pm25_ug_m3"].mean()
    state["quarter.rain_mm_h"] = 20.0
    for _ in range(30):
        settle(state, config, geography, at("2026-05-18T10:00", 60.0))
    assert state["air.wash"][0] < 0.5
    assert state["zone.pm25_ug_m3"].mean() < dry


def test_cars_eat_ozone_at_the_street(state, config, geography, at) -> None:
    levels = []
    for cars in (0.0, 1500.0):
        state["link.veh_mean_veh_h"] = cars
        settle(state, config, geography, at("2026-05-18T14:00", 0.0))
        levels.append(state["zone.o3_ug_m3"].copy())
    assert np.all(levels[1] < levels[0])


def test_ozone_peaks_in_the_afternoon(weekday) -> None:
    course = [hour["zone.o3_ug_m3"].mean() for hour in weekday]
    assert 12 <= int(np.argmax(course)) <= 17


def test_no_wind_and_no_cars_leave_no_negative_concentration(state, config, geography, at) -> None:
    state["quarter.wind_speed_m_s"] = 0.0
    state["link.veh_mean_veh_h"] = 5000.0
    state.lever("zone.pm10_add_ug_m3")[:] = -500.0
    settle(state, config, geography, at("2026-01-18T03:00", 3600.0))
    for name in ("pm25_ug_m3", "pm10_ug_m3", "no2_ug_m3", "o3_ug_m3", "so2_ug_m3"):
        assert state[f"zone.{name}"].min() >= 0, name


def test_the_street_keeps_less_of_its_exhaust_in_more_wind(
    state, after, config, geography, at
) -> None:
    """Over the background by 1/(u + 0.5), with half of the wind above the roofs as u."""
    tick = at("2026-05-18T10:00", 0.0)

    def added(wind_m_s: float) -> np.ndarray:
        changes = {"quarter.wind_speed_m_s": wind_m_s, "link.veh_mean_veh_h": 800.0}
        cars, none = (
            after(lambda: settle(state, config, geography, tick), {**changes, **more})
            for more in ({}, {"link.veh_mean_veh_h": 0.0})
        )
        return cars["link.no2_ug_m3"] - none["link.no2_ug_m3"]

    assert added(0.5) / added(4.0) == pytest.approx((2.0 + 0.5) / (0.25 + 0.5))


def test_the_cleanest_haze_is_clean_air(state, config, geography, at) -> None:
    """A haze below the offset of its logarithm is none."""
    state["weather.haze"] = np.log(4.0)
    state["link.veh_mean_veh_h"] = 0.0
    settle(state, config, geography, at("2026-05-18T10:00", 0.0))
    assert np.all(state["zone.pm25_ug_m3"] == 0.0)
