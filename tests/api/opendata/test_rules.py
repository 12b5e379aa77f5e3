"""The rules of publication."""

from dataclasses import replace
from pathlib import Path

import pytest

from api.opendata.rules import load_open_rules
from sensors.catalogue import load_catalogue
from twin.config import ConfigError, default_config_dir

GOOD = (default_config_dir() / "opendata.toml").read_text(encoding="utf-8")


def test_the_shipped_rules_hold() -> None:
    rules = load_open_rules(default_config_dir(), load_catalogue(default_config_dir()))
    assert rules.least_group >= 5
    assert [count.id for count in rules.count] == ["pedestrians", "vehicles"]


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("least_group = 5", "least_group = 1", "least_group"),
        ("hours = 24", "hours = 0", "hours"),
        ('"crowd_line_count.in"', '"crowd_line_count.inside"', "count.0.of"),
        ('licence = "https', 'licence = "ftp', "licence"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(
    tmp_path: Path, before: str, after: str, key: str
) -> None:
    (tmp_path / "opendata.toml").write_text(GOOD.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_open_rules(tmp_path, load_catalogue(default_config_dir()))
    assert key in str(refused.value)


def test_a_quantity_that_the_catalogue_lacks_is_named(tmp_path: Path) -> None:
    catalogue = load_catalogue(default_config_dir())
    small = replace(catalogue, kinds=catalogue.kinds[1:])
    with pytest.raises(ConfigError, match=r"crowd_line_count\.in"):
        load_open_rules(default_config_dir(), small)
