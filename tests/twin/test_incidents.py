"""What incidents do to the city, and what remains of them."""

import numpy as np
import pytest

from twin.city import City
from twin.clock import HOUR_MS, MINUTE_MS
from twin.command import Command
from twin.incidents import SHAPES
from twin.levers import LEVERS, lever_key

# scenario -> truth array, least rise of its largest value against the same city without it
# (negative: least fall of its smallest value)
EXPECTED = {
    "crowd_surge": ("plaza.density_ped_m2", 0.8),
    "carriageway_photo": ("plaza.spill_frac", 0.15),
    "illegal_parking_jam": ("link.illegal_veh", 2.0),
    "traffic_crash": ("link.veh_speed_m_s", -1.0),
    "night_noise": ("link.noise_laeq_db", 1.0),
    "waste_overload": ("bin.fill_frac", 0.2),
    "electrical_fire": ("building.residual_ma", 250.0),
    "construction_vibration": ("building.ppv_z_mm_s", 1.5),
    "structural_drift": ("building.settlement_mm", 0.0),
    "falling_hazard": ("sign.tilt_deg", 5.0),
    "rainstorm_ponding": ("drain.pond_m", 0.1),
    "gale_tree_fall": ("tree.tilt_deg", 30.0),
    "heatwave_stress": ("quarter.air_temp_c", 3.0),
    "dust_haze": ("zone.pm10_ug_m3", 100.0),
    "water_main_burst": ("main.pressure_kpa", -60.0),
    "gas_leak": ("chamber.ch4_lel", 0.2),
    "cable_duct_fault": ("feeder.outage", 1.0),
    "manhole_road_defect": ("cover.tilt_deg", 30.0),
    "elder_emergency": ("home.button", 1.0),
    "lift_entrapment": ("lift.trapped", 1.0),
    "tree_down": ("tree.tilt_deg", 30.0),
    "transformer_trip": ("feeder.outage", 1.0),
}


def frames(city: City) -> list[dict[str, np.ndarray]]:
    """Every truth array at each of 70 minutes."""
    taken: list[dict[str, np.ndarray]] = []

    def take(_: int) -> None:
        taken.append({name: values.copy() for name, values in city.truth().arrays.items()})

    city.every(MINUTE_MS, 900, take)
    city.run_until(city.now_ms + 70 * MINUTE_MS)
    return taken


@pytest.fixture(scope="module")
def calm(start) -> list[dict[str, np.ndarray]]:
    return frames(start("2026-05-18T10:00"))


def test_every_scenario_has_its_expectation(scenarios) -> None:
    assert set(EXPECTED) == set(scenarios)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_scenario_moves_its_truth_array(name: str, start, inject, calm) -> None:
    """Against the same city, same seed, without the incident, within an hour."""
    city = start("2026-05-18T10:00")
    assert inject(city, name, duration_s=3600).accepted
    quantity, least = EXPECTED[name]
    after = np.array([frame[quantity] for frame in frames(city)])
    before = np.array([frame[quantity] for frame in calm])
    change = after - before
    assert change.min() <= least if least < 0 else change.max() >= max(least, 1e-3)


@pytest.mark.parametrize("name", EXPECTED)
def test_levers_are_neutral_again_and_the_label_is_kept(name: str, start, inject) -> None:
    city = start("2026-05-18T10:00")
    begun_ms = city.now_ms
    identity = inject(city, name, duration_s=300).detail
    city.run_until(begun_ms + 4 * MINUTE_MS + 1)
    assert city.labels()[0].end_ms is None
    city.run_until(begun_ms + 6 * MINUTE_MS + 1)
    (label,) = city.labels()
    assert (label.id, label.scenario, label.cause) == (identity, name, "injected")
    assert (label.start_ms, label.end_ms) == (begun_ms, begun_ms + 5 * MINUTE_MS)
    for lever, neutral in LEVERS.items():
        assert np.all(city.state[lever_key(lever)] == neutral), lever


@pytest.mark.parametrize("hour", ["04:00", "10:00", "15:00", "20:00"])
def test_a_crowd_surge_is_yellow_within_ten_minutes_and_falls_back(
    hour: str, start, inject
) -> None:
    city = start(f"2026-05-18T{hour}")
    junction = [name.startswith("plaza-junction") for name in city.geography["plaza"].ids]

    def peak() -> float:
        return float(city.truth().arrays["plaza.density_ped_m2"][junction].max())

    city.run_until(city.now_ms + 20 * MINUTE_MS)
    before = peak()
    inject(city, "crowd_surge", duration_s=1800)
    city.run_until(city.now_ms + 10 * MINUTE_MS)
    assert peak() > 1.08
    city.run_until(city.now_ms + 60 * MINUTE_MS)
    assert peak() < max(1.0, before + 0.5)


def test_a_rainstorm_brings_more_than_50_mm_in_its_heaviest_hour_and_ponds(start, inject) -> None:
    city = start("2026-05-18T14:00")
    fallen: list[float] = []
    pond = [0.0]

    def measure(_: int) -> None:
        truth = city.truth().arrays
        fallen.append(float(truth["zone.rain_minute_mm"].mean()))
        pond.append(float(truth["drain.pond_m"].max()))

    city.every(MINUTE_MS, 900, measure)
    inject(city, "rainstorm_ponding")
    city.run_until(city.now_ms + 100 * MINUTE_MS)
    assert max(sum(fallen[first : first + 60]) for first in range(40)) > 50
    assert max(pond) > 0.10


def test_twice_the_magnitude_pushes_harder(start, inject) -> None:
    weak, strong = start("2026-05-18T03:00"), start("2026-05-18T03:00")
    inject(weak, "gas_leak", magnitude=0.5)
    inject(strong, "gas_leak", magnitude=1.0)
    for city in (weak, strong):
        city.run_until(city.now_ms + 20 * MINUTE_MS)
    name = "chamber.ch4_lel"
    assert strong.truth().arrays[name].max() > 1.5 * weak.truth().arrays[name].max()


def test_two_incidents_push_more_than_one(start, inject) -> None:
    one, two = start("2026-05-18T03:00"), start("2026-05-18T03:00")
    inject(one, "gas_leak", id="a")
    inject(two, "gas_leak", id="a")
    inject(two, "gas_leak", id="b")
    for city in (one, two):
        city.run_until(city.now_ms + 10 * MINUTE_MS)
    name = "chamber.ch4_lel"
    assert two.truth().arrays[name].max() > 1.5 * one.truth().arrays[name].max()


def test_a_stopped_incident_ends_when_it_was_stopped(start, inject) -> None:
    city = start("2026-05-18T10:00")
    identity = inject(city, "crowd_surge").detail
    city.run_until(city.now_ms + 5 * MINUTE_MS)
    stop = Command(id="s", action="stop_incident", arguments={"incident": identity})
    assert city.submit(stop).accepted
    stopped_ms = city.now_ms
    city.run_until(city.now_ms + 3 * HOUR_MS)
    assert city.labels()[0].end_ms == stopped_ms


def test_an_incident_cancelled_before_it_begins_leaves_no_label(start, inject) -> None:
    city = start("2026-05-18T10:00")
    identity = inject(city, "crowd_surge", at_ms=city.now_ms + HOUR_MS).detail
    assert city.submit(
        Command(id="s", action="stop_incident", arguments={"incident": identity})
    ).accepted
    city.run_until(city.now_ms + 2 * HOUR_MS)
    assert city.labels() == []


def test_the_chicago_storm_has_mean_one_in_its_heaviest_hour() -> None:
    length_s = 3 * 3600.0
    course = np.array([SHAPES["chicago"](t, length_s, 1.0) for t in np.arange(0, length_s, 10)])
    hours = np.convolve(course, np.ones(360) / 360, mode="valid")
    assert hours.max() == pytest.approx(1.0, abs=0.02)
    assert np.argmax(course) * 10 / length_s == pytest.approx(0.405, abs=0.01)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_shape_is_negative(shape: str) -> None:
    assert min(SHAPES[shape](float(t), 3600.0, 600.0) for t in range(0, 3600, 60)) >= 0
