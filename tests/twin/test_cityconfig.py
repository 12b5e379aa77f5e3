"""config/city.toml: what a mistake says."""

import shutil
from pathlib import Path

import pytest

from twin.cityconfig import load_city_config
from twin.config import ConfigError, default_config_dir

BAD = Path(__file__).parents[1] / "bad" / "city"
GOOD = default_config_dir() / "city.toml"


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("tick_s = 60", "tick_s = 0", "tick_s", "greater than or equal to 1"),
        ("tick_s = 60", 'tick_s = "often"', "tick_s", "valid integer"),
        ("gust_intensity = 0.25", "gust_intensity = -2.0", "weather.gust_intensity", "greater"),
        ("[traffic]", "[traffic]\nhorses = 3", "traffic.horses", "unknown key"),
        ("[traffic]", "[tramway]\n[traffic]", "tramway", "unknown key"),
        ("saturday = 1.55", "caturday = 1.55", "crowd.visits.day_factor.saturday", "required"),
        ("saturday", "caturday = 2, saturday", "crowd.visits.day_factor.caturday", "unknown key"),
        ("hour_share = [0.0029,", "hour_share = [", "crowd.visits.hour_share", "at least 24 items"),
        (
            "runoff_share = 0.85",
            "runoff_share = 1.85",
            "drainage.runoff_share",
            "less than or equal",
        ),
        ("saturday = 1.55, ", "", "crowd.visits.day_factor.saturday", "required"),
        ("brick = 28800, ", "", "structure.wall_tau_s.brick", "required"),
    ],
)
def test_a_mistake_names_file_key_and_expectation(
    old: str, new: str, key: str, expected: str, tmp_path: Path
) -> None:
    text = GOOD.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "city.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    shutil.copytree(GOOD.parent / "calibrated", tmp_path / "calibrated")
    with pytest.raises(ConfigError) as error:
        load_city_config(tmp_path)
    assert error.value.file == str(tmp_path / "city.toml")
    assert error.value.key == key
    assert expected in error.value.expected
    assert "\n" not in str(error.value)


def test_a_mistake_in_a_calibrated_file_names_that_file(tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path)
    shutil.copytree(GOOD.parent / "calibrated", tmp_path / "calibrated")
    path = tmp_path / "calibrated" / "roads.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("day_sd = ", "day_sd = -"))
    with pytest.raises(ConfigError) as error:
        load_city_config(tmp_path)
    assert (error.value.file, error.value.key) == (str(path), "traffic.week.day_sd")


@pytest.mark.parametrize(("name", "key"), [("no-sections", "weather"), ("not-toml", "file")])
def test_a_bad_file_is_refused(name: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_bytes((BAD / f"{name}.toml").read_bytes())
    with pytest.raises(ConfigError) as error:
        load_city_config(tmp_path)
    assert error.value.key == key


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"city\.toml"):
        load_city_config(tmp_path)
