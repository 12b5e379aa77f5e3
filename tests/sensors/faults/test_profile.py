"""config/faults.toml and the mistakes it can hold."""

from pathlib import Path

import pytest

from sensors.faults.label import Fault
from sensors.faults.profile import load_profile, load_profiles
from twin.config import ConfigError, default_config_dir

SPIKE = 'fault = "spike"\nfactor = 1\n'
MISTAKES = {
    "unknown_fault": (SPIKE, 'fault = "tired"\n', "profile.1.fault.0.fault"),
    "no_rate": (SPIKE, 'fault = "spike"\n', "profile.1.fault.0"),
    "wrong_rate": ('fault = "dropout"\n', 'fault = "dropout"\nshare = 0.5\n', "profile.1.fault.6"),
    "twice": ('fault = "stuck"\nfactor = 1\n', SPIKE, "profile.1.fault.1.fault"),
    "backwards": ("hours = [6, 240]", "hours = [240, 6]", "profile.1.fault.1"),
    "too_long": ("hours = [6, 240]", "hours = [6, 2400]", "profile.1.fault.1.hours.1"),
    "same_profile": ('id = "none"', 'id = "ordinary"', "profile.1.id"),
    "no_size": ("bias = [6, 12]\n", "", "injected"),
    "unknown_net": ('nets = ["N", "L"]', 'nets = ["X"]', "profile.1.fault.4.nets.0"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_by_file_and_key(mistake: str, tmp_path: Path) -> None:
    found, made, key = MISTAKES[mistake]
    text = (default_config_dir() / "faults.toml").read_text(encoding="utf-8")
    assert found in text
    (tmp_path / "faults.toml").write_text(text.replace(found, made, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profiles(tmp_path)
    assert (caught.value.file, caught.value.key) == (str(tmp_path / "faults.toml"), key)


def test_an_unknown_profile_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="none, ordinary, harsh, sensor_outage"):
        load_profile(default_config_dir(), "stormy")


def test_the_harsh_profile_has_every_fault() -> None:
    rules = load_profile(default_config_dir(), "harsh").rules
    assert {rule.fault for rule in rules} == set(Fault)
