"""What incidents do to the city, and what remains of them."""

from typing import get_args

import numpy as np
import pytest

from twin.city import City
from twin.clock import HOUR_MS, MINUTE_MS
from twin.command import Command
from twin.incidents import OPS, SHAPES
from twin.levers import LEVERS, lever_key
from twin.scenarios import Effect

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
    "typhoon": ("quarter.wind_gust_m_s", 10.0),
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


def pushed(city: City, lever: str) -> np.ndarray:
    """The lever, the first time that incidents push it."""
    city.run_until(city.now_ms + MINUTE_MS + 1)
    return city.state.lever(lever)


@pytest.mark.parametrize(("sources", "rise_db"), [(2, 3.01), (3, 4.77)])
def test_equal_sources_of_sound_add_as_energy(sources: int, rise_db: float, start, inject) -> None:
    one, more = start("2026-05-18T23:00"), start("2026-05-18T23:00")
    inject(one, "night_noise")
    for number in range(sources):
        inject(more, "night_noise", id=f"n{number}")
    rise = pushed(more, "link.noise_source_db").max() - pushed(one, "link.noise_source_db").max()
    assert rise == pytest.approx(rise_db, abs=0.01)


def test_half_the_magnitude_is_three_decibels_quieter(start, inject) -> None:
    half, whole = start("2026-05-18T23:00"), start("2026-05-18T23:00")
    inject(half, "night_noise", magnitude=0.5)
    inject(whole, "night_noise")
    fall = pushed(whole, "link.noise_source_db").max() - pushed(half, "link.noise_source_db").max()
    assert fall == pytest.approx(3.01, abs=0.01)


def test_an_effect_may_name_every_op() -> None:
    assert set(get_args(Effect.model_fields["op"].annotation)) == set(OPS)


def test_noise_reaches_the_streets_around_by_the_law(start, inject) -> None:
    city = start("2026-05-18T23:00")
    inject(city, "night_noise", target="wukang-road-06")
    links = city.geography["link"]
    row = links.index("wukang-road-06")
    away_m = np.hypot(links.x_m - links.x_m[row], links.y_m - links.y_m[row])
    heard = pushed(city, "link.noise_source_db")
    near = (away_m > 0) & (away_m < 200)
    assert near.sum() >= 3
    assert heard[row] == pytest.approx(60, abs=0.01)
    assert heard[near] == pytest.approx(60 - 20 * np.log10(away_m[near] / 10), abs=0.05)
    assert np.all(heard[away_m > 400] == 0)


def test_plant_sounds_full_in_the_street_of_its_house(start, inject) -> None:
    city = start("2026-05-18T10:00")
    inject(city, "construction_vibration", target="wukang-mansion")
    houses = city.geography["building"]
    street = houses.link[houses.index("wukang-mansion")]
    heard = pushed(city, "link.noise_source_db")
    assert heard[street] == heard.max() == pytest.approx(70, abs=0.01)
    assert np.count_nonzero(heard) > 3


def test_plant_shakes_the_houses_around_by_the_law(start, inject) -> None:
    city = start("2026-05-18T10:00")
    inject(city, "construction_vibration", target="wukang-mansion")
    houses = city.geography["building"]
    row = houses.index("wukang-mansion")
    away_m = np.hypot(houses.x_m - houses.x_m[row], houses.y_m - houses.y_m[row])
    shaken = pushed(city, "building.plant_ppv_mm_s")
    near = (away_m > 7.62) & (away_m < 150)
    assert near.sum() > 5
    assert shaken[row] == 8
    assert shaken[near] == pytest.approx(8 * (7.62 / away_m[near]) ** 1.5)
    assert np.all(shaken[away_m > 150] == 0)


def facade_db(city: City, minutes: int) -> np.ndarray:
    """The level of the next minutes on every street, as energy."""
    energy: list[np.ndarray] = []
    levels = city.truth().arrays["link.noise_laeq_db"]
    city.every(MINUTE_MS, 900, lambda _: energy.append(10 ** (levels / 10)))
    city.run_until(city.now_ms + minutes * MINUTE_MS + 1)
    return 10 * np.log10(np.mean(energy[1:], axis=0))


@pytest.mark.parametrize(
    ("scenario", "target", "hour", "minutes", "least_db", "most_db"),
    [
        ("night_noise", "wukang-road-06", "23:00", 15, 8, 15),
        ("construction_vibration", "wukang-mansion", "10:00", 15, 4, 12),
        ("carriageway_photo", "plaza-junction-2", "15:00", 15, 1, 6),
        ("traffic_crash", "huaihai-middle-road-01", "15:00", 2, 8, 16),
    ],
)
def test_a_scenario_is_as_loud_as_its_name(
    scenario: str,
    target: str,
    hour: str,
    minutes: int,
    least_db: float,
    most_db: float,
    start,
    inject,
) -> None:
    """Its loudest street rises by this much; three at once are less than 5 dB over one."""
    levels = []
    for number in (0, 1, 3):
        city = start(f"2026-05-18T{hour}")
        for one in range(number):
            inject(city, scenario, id=f"n{one}", target=target)
        levels.append(facade_db(city, minutes))
    none, one, three = levels
    row = int(np.argmax(one - none))
    assert least_db < (one - none)[row] < most_db
    assert (three - one).max() < 5


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
