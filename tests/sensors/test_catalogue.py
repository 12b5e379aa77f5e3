"""The catalogue of config/neurons.toml and every mistake it can hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sensors.catalogue import DEVICE, Catalogue, load_catalogue, read_catalogue
from sensors.layout import check_truths
from sensors.network import build_network
from twin.config import ConfigError, default_config_dir
from twin.entities import Geography
from twin.geography import load_geography

BAD = Path(__file__).parents[1] / "bad" / "neurons"

MISTAKES = {
    "unknown_key": ("kind.0.colour", "unknown key"),
    "wrong_type": ("kind.0.cadence_s", "valid integer"),
    "cadence_off_grid": ("kind.0.cadence_s", "multiple of 10"),
    "duplicate_id": ("kind.1.id", "only once"),
    "duplicate_number": ("kind.1.number", "only once"),
    "duplicate_quantity": ("kind.0.quantity.1.id", "only once"),
    "unknown_net": ("kind.0.net", "'W', 'N' or 'L'"),
    "two_rules": ("kind.0", "exactly one of per, every_m, per_km2"),
    "no_rule": ("kind.0", "exactly one of per, every_m, per_km2"),
    "every_m_off_street": ("kind.0.every_m", 'on = "link"'),
    "per_km2_off_zone": ("kind.0.per_km2", 'on = "zone"'),
    "resolution_zero": ("kind.0.quantity.0.resolution", "greater than 0"),
    "resolution_beyond_range": ("kind.0.quantity.0.resolution", "less than the range"),
    "empty_range": ("kind.0.quantity.0.high", "more than 0"),
    "unknown_unit": ("kind.0.quantity.0.unit", "primary SenML unit"),
    "truth_of_other_table": ("kind.0.quantity.0.truth", 'a quantity of "bin"'),
    "cross_of_other_table": ("kind.0.quantity.0.cross.truth", 'expected "zone" or "bin"'),
    "change_without_heartbeat": ("kind.0.heartbeat_s", 'with report = "change"'),
    "heartbeat_off_cadence": ("kind.0.heartbeat_s", "multiple of cadence_s"),
    "heartbeat_when_periodic": ("kind.0.heartbeat_s", 'only with report = "change"'),
    "noise_nan": ("kind.0.quantity.0.noise_abs", "finite number"),
    "no_quantity": ("kind.0.quantity", "Field required"),
    "boolean_with_states": ("kind.0.quantity.0.states", "none with boolean"),
    "not_toml": ("file", "valid TOML"),
}
MISPLACED = {
    "unknown_table": ("kind.bin_fill.on", "balloon"),
    "unknown_attribute": ("kind.bin_fill.where.flavour", "attribute"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_file_key_and_expectation(mistake: str) -> None:
    key, expected = MISTAKES[mistake]
    with pytest.raises(ConfigError) as caught:
        read_catalogue(BAD / f"{mistake}.toml")
    assert (caught.value.file, caught.value.key) == (str(BAD / f"{mistake}.toml"), key)
    assert expected in caught.value.expected
    assert "\n" not in str(caught.value) or mistake == "not_toml"


@pytest.mark.parametrize("mistake", MISPLACED)
def test_a_kind_that_does_not_fit_the_map_is_named(mistake: str, small_map: Geography) -> None:
    key, text = MISPLACED[mistake]
    with pytest.raises(ConfigError, match=text) as caught:
        build_network(read_catalogue(BAD / f"{mistake}.toml"), small_map)
    assert caught.value.key == key


def test_a_truth_the_city_does_not_have_is_named() -> None:
    catalogue = read_catalogue(BAD / "unknown_truth.toml")
    with pytest.raises(ConfigError, match=r"bin\.fill_frac") as caught:
        check_truths(catalogue, ["bin.fill_frac", "lamp.power_w"])
    assert (caught.value.key, caught.value.value) == ("kind.0.quantity.0.truth", "bin.smell")


def test_every_bad_file_is_tested() -> None:
    assert {path.stem for path in BAD.glob("*.toml")} == {*MISTAKES, *MISPLACED, "unknown_truth"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"neurons\.toml.*missing"):
        load_catalogue(tmp_path)


def test_the_shipped_catalogue_has_all_kinds_of_the_minimum_set() -> None:
    catalogue = load_catalogue(default_config_dir())
    minimum = {1, 2, 4, 6, 7, 9, 10, 11, 12, 13, 14, 17, 18, 19, 20, 23, 24, 25, 26, 29, 30}
    minimum |= {32, 33, 35, 36, 37, 38, 39, 41, 42, 43, 44, 45, 46, 48, 50, 51, 52, 53}
    assert minimum <= {kind.number for kind in catalogue}


def test_quantities_are_read_with_their_defaults(
    make_catalogue: Callable[[str], Catalogue], three_kinds: str
) -> None:
    kind = make_catalogue(three_kinds).kind("noise_laeq")
    assert (kind.cadence_ms, kind.heartbeat_ms, kind.report) == (60_000, 60_000, "periodic")
    assert kind.quantity("laeq").display_unit == "dB"
    assert kind.quantity("laeq").numeric
    with pytest.raises(KeyError):
        kind.quantity("lbeq")


# Number, id, network class and cadence in seconds (for kinds that report events: the
# heartbeat). Ponding and transformers are heard more often than in the table, see neurons.toml.
KINDS = """
1 crowd_line_count W 60 / 2 crowd_density W 10 / 3 ped_lidar W 10 / 4 veh_count_speed W 60
5 queue_length W 10 / 6 parking_bay L 900 / 7 illegal_parking W 60 / 8 ebike_parking W 60
9 ebike_indoor W 3600 / 10 noise_laeq W 60 / 11 pm25 W 60 / 12 pm10 W 60 / 13 no2 W 60 / 14 o3 W 60
15 co W 60 / 16 so2 W 60 / 17 air_temp W 60 / 18 air_rh W 60 / 19 wind W 60 / 20 rain L 60
21 pressure_air W 60 / 22 solar W 60 / 23 vib_ppv W 60 / 24 tilt_bldg N 600 / 25 crack_width N 1800
26 settlement W 3600 / 27 wall_moisture N 1800 / 28 facade_temp N 600 / 29 smoke N 21600
30 residual_current W 60 / 31 arc_fault W 3600 / 32 joint_temp W 60 / 33 lift_state W 60
34 occupancy L 300 / 35 duct_temp N 300 / 36 duct_level N 900 / 37 drain_level N 300
38 road_ponding N 300 / 39 water_pressure N 300 / 40 water_flow W 300 / 41 gas_ch4 N 900
42 feeder_load W 60 / 43 street_light L 900 / 44 manhole N 43200 / 45 sign_tilt N 1800
46 tree_tilt N 3600 / 47 soil_moisture N 1800 / 48 bin_fill L 900 / 49 toilet_state L 300
50 elder_button N 86400 / 51 door_magnet L 86400 / 52 elder_water N 3600 / 53 node_health N 21600
"""


def test_the_shipped_catalogue_is_the_table_of_all_53_kinds() -> None:
    catalogue = load_catalogue(default_config_dir())
    found = {(k.number, k.id, k.net, k.heartbeat_ms // 1000) for k in catalogue}
    rows = (part.split() for line in KINDS.splitlines() if line for part in line.split("/"))
    assert found == {(int(n), name, net, int(beat)) for n, name, net, beat in rows}
    assert {number for number, *_ in found} == set(range(1, 54))


def test_the_neurons_are_about_as_many_as_planned() -> None:
    """About 4,000 in the core and 20,000 in the whole area; each has a health report beside it."""
    folder = default_config_dir()
    sizes = {
        area: build_network(load_catalogue(folder), load_geography(folder, area)).table_rows[DEVICE]
        for area in ("core", "quarter")
    }
    assert 4_000 <= sizes["core"] <= 5_500
    assert 16_000 <= sizes["quarter"] <= 24_000
