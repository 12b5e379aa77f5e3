"""What is imported is what is under test: the checkout, or the wheel when that is the subject."""

import os
from pathlib import Path

import pytest

import api
import sensors
import twin
from twin.config import default_config_dir


@pytest.mark.parametrize("package", [twin, sensors, api])
def test_the_wheel_under_test_is_the_one_imported(package: object) -> None:
    wheel = os.environ.get("HENGFU_WHEEL")
    home = Path(wheel) if wheel else Path(__file__).resolve().parents[1]
    assert Path(str(package.__file__)).is_relative_to(home)  # type: ignore[attr-defined]


def test_the_configuration_travels_with_the_package() -> None:
    names = {path.name for path in default_config_dir().iterdir()}
    assert {"area.toml", "city.toml", "neurons.toml", "indicators.toml", "alerts.toml"} <= names
