"""Complaints: driven by what goes wrong."""

import numpy as np
import pytest

from twin.systems import complaints
from twin.systems.complaints import CAUSES


def once(state, tick, config, geography) -> np.ndarray:
    """Rate of complaints per zone after one step without echoes."""
    state["zone.echo_h"] = 0.0
    complaints.step(state, tick, complaints.prepare(geography), config.complaints)
    return state["zone.complaints_h"].copy()


def calm(state) -> None:
    """Nothing is wrong anywhere."""
    for name, value in {
        "link.illegal_veh": 0, "link.ped_density_ped_m2": 0, "plaza.density_ped_m2": 0,
        "drain.pond_m": 0, "feeder.outage": 0, "main.pressure_kpa": 300, "lamp.power_w": 90,
        "building.moisture_pct": 60, "bin.fill_frac": 0.1, "link.noise_laeq_db": 40,
        "zone.air_temp_c": 20, "zone.wind_gust_m_s": 3, "quarter.solar_w_m2": 300,
    }.items():  # fmt: skip
        state[name] = float(value)


def test_without_trouble_people_call_at_the_rates_of_the_day(state, config, geography, at) -> None:
    calm(state)
    residents = geography["zone"].attrs["residents"].sum()
    daily = sum(
        once(state, at(f"2026-05-18T{hour:02d}:30"), config, geography).sum() for hour in range(24)
    )
    assert daily == pytest.approx(4.2 * residents / 1e4, rel=0.25)


@pytest.mark.parametrize(
    ("name", "value", "hour"),
    [
        ("link.noise_laeq_db", 80.0, 20),
        ("link.illegal_veh", 5.0, 15),
        ("plaza.density_ped_m2", 4.0, 15),
        ("drain.pond_m", 0.2, 15),
        ("zone.air_temp_c", 39.0, 15),
        ("feeder.outage", 1.0, 15),
        ("main.pressure_kpa", 100.0, 15),
        ("building.moisture_pct", 95.0, 15),
        ("bin.fill_frac", 1.0, 15),
        ("zone.wind_gust_m_s", 20.0, 15),
    ],
)
def test_each_trouble_brings_calls(state, config, geography, at, name, value, hour) -> None:
    calm(state)
    state["link.illegal_dwell_s"] = 1200.0
    before = once(state, at(f"2026-05-18T{hour}:00"), config, geography)
    state[name] = value
    after = once(state, at(f"2026-05-18T{hour}:00"), config, geography)
    assert after.sum() > 1.01 * before.sum()
    assert (after >= before - 1e-9).all()


def test_dark_lamps_matter_at_night_alone(state, config, geography, at) -> None:
    calm(state)
    state["lamp.power_w"] = 0.0
    day = once(state, at("2026-05-18T20:00"), config, geography)
    state["quarter.solar_w_m2"] = 0.0
    assert (once(state, at("2026-05-18T20:00"), config, geography) > day).all()


def test_calls_are_whole_numbers_and_echo(state, config, geography, at) -> None:
    calm(state)
    state["link.noise_laeq_db"] = 90.0
    layout, total = complaints.prepare(geography), 0.0
    for minute in range(60):
        complaints.step(state, at(f"2026-05-18T20:{minute:02d}"), layout, config.complaints)
        calls = sum(state[f"zone.calls_{cause}"] for cause in CAUSES)
        assert np.array_equal(calls, np.rint(calls))
        total += calls.sum()
    assert total > 0
    assert state["zone.echo_h"].sum() > 0
