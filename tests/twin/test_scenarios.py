"""Scenarios as data."""

import shutil
from pathlib import Path

import pytest

from twin.city import City
from twin.clock import MINUTE_MS, parse_time
from twin.config import ConfigError, default_config_dir
from twin.scenarios import load_scenarios

BAD = Path(__file__).parents[1] / "bad" / "city" / "scenarios"
NEW = """
[[scenario]]
id = "street_fair"
name_zh = "街市"
name_en = "Street fair"
department = "culture"
severity = "blue"
target = "link"
target_by = "visit_share"
duration_s = 3600
effects = [{ lever = "link.crowd_factor", op = "multiply", value = 5 }]
"""


def folder(tmp_path: Path, source: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    shutil.copy(source, tmp_path / "scenarios" / source.name)
    return tmp_path


def test_all_twenty_scenarios_load(scenarios) -> None:
    codes = {one.code for one in scenarios.values() if one.code is not None}
    assert codes == {f"SC{number:02d}" for number in range(1, 21)}


@pytest.mark.parametrize(
    ("name", "key", "value", "expected"),
    [
        ("unknown-key", "scenario.0.colour", "red", "unknown key"),
        ("unknown-lever", "scenario.0.effects.0", "plaza.levitation", "unknown lever"),
        ("wrong-type", "scenario.0.duration_s", "long", "valid number"),
        ("negative-duration", "scenario.0.duration_s", "-5", "greater than 0"),
        ("no-effects", "scenario.0.effects", "[]", "at least 1"),
        ("unknown-shape", "scenario.0.effects.0.shape", "zigzag", "Input should be"),
        ("shape-without-time", "scenario.0.effects.0", "ramp", "needs time_s"),
        ("backward-window", "scenario.0.effects.0", "window", "must end after"),
        ("driver-without-threshold", "scenario.0.driven.0", "beta", "exactly one of"),
        ("unreachable-lever", "scenario.0", "link.crowd_factor", "needs reach or radius_m"),
        ("decibels-added", "scenario.0.effects.0", "noise_source_db", "'sound' is for dB"),
        ("people-as-sound", "scenario.0.effects.0", "crowd_factor", "'sound' is for dB"),
        ("radius-of-all", "scenario.0.effects.0", "70", "does not go with reach 'all'"),
        ("fades-nowhere", "scenario.0.effects.0", "ground", "needs radius_m"),
        ("duplicate-id", "scenario.1.id", "twice", "used by another scenario"),
        ("magnitude-out-of-range", "scenario.0", "9", "outside magnitude_range"),
        ("not-toml", "file", "", "valid TOML"),
        ("infinite", "scenario.0.rate_per_year", "inf", "finite"),
    ],
)
def test_a_bad_file_is_refused_with_file_key_and_value(
    name: str, key: str, value: str, expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as error:
        load_scenarios(folder(tmp_path, BAD / f"{name}.toml"))
    assert f"{name}.toml" in error.value.file
    assert error.value.key == key
    assert value in str(error.value) or value in repr(error.value.value)
    assert expected in error.value.expected
    assert "\n" not in str(error.value)


def test_a_folder_without_scenarios_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one scenario"):
        load_scenarios(tmp_path)


@pytest.mark.parametrize(
    ("name", "key"), [("unknown-table", "lost.target"), ("unknown-weight", "lost.target_by")]
)
def test_a_target_that_the_map_does_not_have_is_refused(
    name: str, key: str, tmp_path: Path, config, geography
) -> None:
    lost = load_scenarios(folder(tmp_path, BAD / f"{name}.toml"))
    with pytest.raises(ConfigError) as error:
        City.start(config, geography, lost, 7, 0)
    assert error.value.key == key


def test_a_new_scenario_is_one_block(tmp_path: Path, config, geography, inject) -> None:
    shutil.copytree(default_config_dir() / "scenarios", tmp_path / "scenarios")
    (tmp_path / "scenarios" / "mine.toml").write_text(NEW, encoding="utf-8")
    city = City.start(
        config, geography, load_scenarios(tmp_path), 7, parse_time("2026-05-18T10:00")
    )
    assert inject(city, "street_fair").accepted
    city.run_until(city.now_ms + 2 * MINUTE_MS)
    assert city.state.lever("link.crowd_factor").max() == 5
