"""Today's PM2.5 as the record's monitor tells it."""

import numpy as np
import pytest

from api.realism.monitor import observed
from api.realism.series import Series
from twin.cityconfig import CityConfig, load_city_config
from twin.config import default_config_dir

HOURS = 20_000


@pytest.fixture(scope="module")
def config() -> CityConfig:
    return load_city_config(default_config_dir())


def steady(haze_ug_m3: float, slope: float, config: CityConfig) -> Series:
    """Air that does not move, at the level where today moves by `slope` of the haze."""
    haze = np.full(HOURS, haze_ug_m3)
    today = haze * slope / config.haze_level.power
    return Series("air", 0, 60, {"pm25_ug_m3": today, "haze_ug_m3": haze})


def noise(air: Series, config: CityConfig, seed: int = 1) -> np.ndarray:
    return observed(air, config, seed)["pm25_ug_m3"] - air["pm25_ug_m3"]


def test_what_scaling_leaves_and_what_is_added_make_the_monitors_noise(config: CityConfig) -> None:
    s = config.haze_monitor.noise_ug_m3
    added = noise(steady(40.0, 0.6, config), config)
    assert np.hypot(added.std(), 0.6 * s) == pytest.approx(s, rel=0.02)
    assert added.mean() == pytest.approx(0, abs=0.1)


def test_nothing_is_added_where_the_haze_is_not_scaled_down(config: CityConfig) -> None:
    assert noise(steady(40.0, 1.0, config), config) == pytest.approx(0, abs=1e-6)


def test_still_air_is_told_with_noise_too(config: CityConfig) -> None:
    clean = Series("air", 0, 60, {"pm25_ug_m3": np.zeros(HOURS), "haze_ug_m3": np.zeros(HOURS)})
    assert noise(clean, config).std() == pytest.approx(config.haze_monitor.noise_ug_m3, rel=0.02)


def test_the_seed_alone_decides_and_the_air_stays_as_it_is(config: CityConfig) -> None:
    air = steady(40.0, 0.6, config)
    before = air["pm25_ug_m3"].copy()
    first, again, other = (observed(air, config, seed)["pm25_ug_m3"] for seed in (7, 7, 8))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    assert np.array_equal(air["pm25_ug_m3"], before)
