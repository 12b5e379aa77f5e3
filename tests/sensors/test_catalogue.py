"""The catalogue of config/neurons.toml and every mistake it can hold."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sensors.catalogue import Catalogue, load_catalogue, read_catalogue
from sensors.layout import check_truths
from sensors.network import build_network
from twin.config import ConfigError, default_config_dir
from twin.entities import Geography

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
