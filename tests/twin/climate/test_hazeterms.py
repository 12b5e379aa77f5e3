"""What the haze's own past does: its level is shared out, and its steps act by level."""

import math

import numpy as np
import pytest

from twin.cityconfig import load_city_config
from twin.climate.chain import Chain
from twin.climate.hazeterms import LEVELS_UG_M3, levels
from twin.climate.memory import Memory
from twin.climate.row import HAZE_OFFSET, Row
from twin.config import default_config_dir

HAZE = Row._fields.index("haze")


@pytest.mark.parametrize("level", LEVELS_UG_M3)
def test_air_at_a_level_is_at_that_level_alone(level: int) -> None:
    shares = levels(math.log(level + HAZE_OFFSET))
    assert shares[f"near_{level}"] == pytest.approx(1.0)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_any_air_is_shared_out_wholly() -> None:
    shares = levels(np.log(np.arange(0, 500) + HAZE_OFFSET))
    assert sum(shares.values()) == pytest.approx(np.ones(500))
    assert min(share.min() for share in shares.values()) >= 0


def change_after(level_ug_m3: float, step: float) -> float:
    """Mean change of ln haze in the hour after a step up to this level, all else being usual."""
    config = load_city_config(default_config_dir())
    chain, changes = Chain.of(config.weather_laws, config.haze_laws), []
    for chance in np.linspace(0.05, 0.95, 19):
        memory = Memory.fresh()
        memory.rows[:, HAZE] = math.log(level_ug_m3 + HAZE_OFFSET) - step
        memory.rows[0, HAZE] += step
        chances = np.array([*[0.5] * 7, chance])
        changes.append(chain.next_hour(memory, 105.0, 12.0, chances).haze)
    return float(np.mean(changes)) - math.log(level_ug_m3 + HAZE_OFFSET)


def test_a_step_is_taken_back_in_clean_air_more_than_in_foul_air() -> None:
    """A monitor's noise is most of a step where there is little to measure."""
    back = {level: change_after(level, 0.2) - change_after(level, -0.2) for level in (10, 100)}
    assert back[10] < back[100] - 0.05
    assert back[10] < 0
