"""Vibration, walls, cracks, tilt."""

import numpy as np
import pytest

from twin.clock import HOUR_MS
from twin.systems import structure, vibration


def test_vibration_fades_with_distance(config) -> None:
    away = np.array([1.0, 5.0, 10.0, 20.0, 50.0])
    left = vibration.attenuation(away, config.vibration)
    assert left[0] == left[1] == 1.0
    assert np.all(np.diff(left[1:]) < 0)


def test_a_street_without_cars_does_not_shake(state, config, geography, at) -> None:
    layout = vibration.prepare(geography, config.vibration)
    tick = at("2026-05-18T03:00")  # no trains
    state["link.veh_mean_veh_h"] = 0.0
    vibration.step(state, tick, layout, config.vibration, config.trains)
    calm = state["building.ppv_z_mm_s"].copy()
    state["link.veh_mean_veh_h"] = 1200.0
    vibration.step(state, tick, layout, config.vibration, config.trains)
    assert calm.max() == pytest.approx(config.vibration.floor_mm_s)
    assert np.all(state["building.ppv_z_mm_s"] > calm)


def test_traffic_alone_stays_below_half_the_limit_of_listed_houses(weekday) -> None:
    """DIN 4150-3 line 3 is 3 mm/s at low frequency."""
    for hour in weekday:
        assert hour["building.ppv_z_mm_s"].max() < 1.5


@pytest.fixture(scope="module")
def month(start):
    """Hourly history of thirty days: air, wall, crack, tilt, settlement."""
    city = start("2026-05-18T00:00")
    names = ("wall_temp_c", "crack_mm", "tilt_x_deg", "tilt_y_deg", "settlement_mm", "moisture_pct")
    kept = {name: [] for name in names}
    kept["air"] = []
    for truth in city.prehistory():
        kept["air"].append(float(truth.arrays["quarter.air_temp_c"][0]))
        for name in names:
            kept[name].append(truth.arrays[f"building.{name}"].copy())
    return {name: np.array(values) for name, values in kept.items()}


def test_walls_follow_the_air_with_a_lag(month) -> None:
    air = month["air"][48:].reshape(-1, 24).mean(axis=0)
    wall = month["wall_temp_c"][48:].mean(axis=1).reshape(-1, 24).mean(axis=0)
    assert 1 <= (int(np.argmax(wall)) - int(np.argmax(air))) % 24 <= 8


def test_cracks_close_when_walls_warm(month) -> None:
    wall, crack = month["wall_temp_c"][48:], month["crack_mm"][48:]
    wide = crack.min(axis=0) > 0.05
    for house in np.flatnonzero(wide)[:50]:
        assert np.corrcoef(wall[:, house], crack[:, house])[0, 1] < -0.8


def test_houses_breathe_a_few_thousandths_of_a_degree_a_day(month) -> None:
    daily = month["tilt_x_deg"][48:].reshape(-1, 24, month["tilt_x_deg"].shape[1])
    swing = np.median(daily.max(axis=1) - daily.min(axis=1))
    assert 0.002 < swing < 0.02


def test_the_ground_sinks_two_to_five_millimetres_a_year(month) -> None:
    per_year = (month["settlement_mm"][-1] - month["settlement_mm"][0]) / 719 * 24 * 365.25
    assert per_year.min() >= 2.0 - 1e-6
    assert per_year.max() <= 5.0 + 1e-6


def test_rain_on_the_wall_makes_it_damper(state, config, geography, at) -> None:
    layout = structure.prepare(geography, config.structure)
    before = state["building.moisture_pct"].copy()
    state["zone.rain_fallen_mm"] = 20.0
    structure.step(state, at("2026-05-18T10:00", 3600.0), layout, config.structure)
    assert np.all(state["building.moisture_pct"] > before)


def breathe(state, after, config, geography, tick, changes):
    """Arrays after one step of the houses."""
    layout = structure.prepare(geography, config.structure)
    return after(lambda: structure.step(state, tick, layout, config.structure), changes)


def test_ten_per_cent_more_moisture_opens_a_crack_by_a_hundredth_of_a_millimetre(
    state, after, config, geography, at
) -> None:
    def crack(moisture_pct: float) -> np.ndarray:
        changes = {"building.moisture_pct": moisture_pct, "building.crack_base_mm": 1.0}
        changes["building.wall_temp_c"] = 20.0
        tick = at("2026-05-18T10:00", 0.0)
        return breathe(state, after, config, geography, tick, changes)["building.crack_mm"]

    assert crack(75.0) - crack(65.0) == pytest.approx(0.01)


def test_wind_leans_houses_by_its_square(state, after, config, geography, at) -> None:
    def tilt(wind_m_s: float) -> np.ndarray:
        changes = {"quarter.wind_speed_m_s": wind_m_s}
        tick = at("2026-05-18T10:00", 0.0)
        return breathe(state, after, config, geography, tick, changes)["building.tilt_x_deg"]

    calm, breeze, gale = tilt(0.0), tilt(10.0), tilt(20.0)
    assert breeze - calm == pytest.approx(100 * config.structure.tilt_deg_per_wind2)
    assert gale - calm == pytest.approx(4 * (breeze - calm))


@pytest.mark.parametrize(
    ("time", "east", "north"), [("08:00", 1, -1), ("12:00", 0, -1), ("16:00", -1, -1)]
)
def test_the_sun_leans_houses(
    time: str, east: int, north: int, state, after, config, geography, at
) -> None:
    """Over an hour: from the east in the morning, the south at noon, the west later."""

    def tilt(sun_w_m2: float):
        changes = {"zone.solar_w_m2": sun_w_m2, "zone.air_temp_c": 20.0}
        tick = at(f"2026-05-18T{time}", 3600.0)
        return breathe(state, after, config, geography, tick, changes)

    sun, shade = tilt(800.0), tilt(0.0)
    moved = [sun[name] - shade[name] for name in ("building.tilt_x_deg", "building.tilt_y_deg")]
    for found, sign in zip(moved, (east, north), strict=True):
        assert np.all(np.sign(np.round(found, 9)) == sign)
    assert np.hypot(*moved).min() > 0.0005


def test_a_disturbance_settles_tilts_and_cracks_its_house_for_good(start, inject) -> None:
    city, calm = start("2026-05-18T10:00"), start("2026-05-18T10:00")
    inject(city, "structural_drift", target="wukang-mansion", duration_s=3 * 3600)
    row = city.geography["building"].index("wukang-mansion")
    for one in (city, calm):
        one.run_until(one.now_ms + 4 * HOUR_MS)
    for name in ("settlement_mm", "tilt_x_deg", "crack_mm"):
        moved = city.truth().arrays[f"building.{name}"] - calm.truth().arrays[f"building.{name}"]
        assert moved[row] > 0, name
        assert np.all(np.delete(moved, row) == 0), name
