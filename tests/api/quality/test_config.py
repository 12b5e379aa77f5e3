"""Every mistake in quality.toml is one clear line."""

from pathlib import Path

import pytest

from api.quality.config import load_quality
from sensors.catalogue import load_catalogue
from twin.config import ConfigError, default_config_dir

SHIPPED = (default_config_dir() / "quality.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ('of = "fog.depth"\njump = 1', "of = 'fog.depth': expected kind.quantity of neurons.toml"),
        ('of = "smoke.alarm"\njump = 1', "of = 'smoke.alarm': expected a number, not a state"),
        ('of = "pm25.mass"\njump = 1', "of = 'pm25.mass': expected each quantity once"),
        ('of = "smoke.obscuration"\njump = -1', "jump = -1: Input should be greater than 0"),
        ('of = "smoke.obscuration"\nstuck = 1', "stuck = 1: Input should be greater than 1"),
        ('of = "smoke.obscuration"\nleap = 3', "leap"),
    ],
)
def test_a_check_that_cannot_be_meant_is_refused(tmp_path: Path, block: str, message: str) -> None:
    path = tmp_path / "quality.toml"
    path.write_text(f"{SHIPPED}\n[[check]]\n{block}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_quality(tmp_path, load_catalogue(default_config_dir()))
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)
