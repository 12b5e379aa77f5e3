"""Minutes of sound around their hour."""

import numpy as np
import pytest

from twin.cityconfig import CityConfig
from twin.systems.texture import (
    TextureParams,
    awake,
    balanced_db,
    happen,
    moves_db,
    offsets_db,
    widths,
)
from twin.wander import wander

SITES = 4000


@pytest.fixture(scope="module")
def params(config: CityConfig) -> TextureParams:
    return config.noise.texture


def moves(params: TextureParams, width: float, minutes: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Moves of many sites for some minutes at one width, and the same without their offset."""
    rng = np.random.default_rng(3)
    fast, slow = rng.standard_normal((2, SITES))
    event, wide, found = np.zeros(SITES), np.full(SITES, width), []
    for _ in range(minutes):
        wander(fast, params.fast_keep, rng)
        wander(slow, params.slow_keep, rng)
        happen(event, params, 60.0, rng)
        found.append(moves_db(fast, slow, event, wide, params))
    rows = np.array(found)
    return rows, balanced_db(rows, np.full(rows.shape, width), offsets_db(params))


@pytest.mark.parametrize("width", [0.5, 1.0, 1.6])
def test_the_energy_stays_that_of_the_hour(params: TextureParams, width: float) -> None:
    _, balanced = moves(params, width)
    assert 10 * np.log10(np.mean(10 ** (balanced / 10))) == pytest.approx(0.0, abs=0.3)


def test_nothing_moves_at_no_width(params: TextureParams) -> None:
    rows, balanced = moves(params, 0.0, minutes=3)
    assert np.abs(rows).max() == 0
    assert np.abs(balanced).max() < 1e-9


def test_moves_are_calmer_before_dawn_than_in_the_afternoon(params: TextureParams) -> None:
    stir = np.random.default_rng(4).standard_normal(SITES)
    dawn, noon = (widths(stir, hour, params).mean() for hour in (3.5, 15.5))
    assert noon == pytest.approx(1.0, abs=0.03)
    assert dawn / noon == pytest.approx(params.calm, abs=0.01)


def test_the_day_is_lowest_at_half_past_three() -> None:
    hours = np.arange(0, 24, 0.5)
    day = [awake(hour) for hour in hours.tolist()]
    assert hours[int(np.argmin(day))] == 3.5
    assert hours[int(np.argmax(day))] == 15.5


def test_the_stir_of_an_hour_outlasts_it(params: TextureParams) -> None:
    """Quiet and busy hours follow each other in spells, not by the minute."""
    rng = np.random.default_rng(5)
    stir = rng.standard_normal(SITES)
    before = stir.copy()
    for _ in range(60):
        wander(stir, params.stir_keep, rng)
    assert np.corrcoef(before, stir)[0, 1] > 0.5
    assert stir.std() == pytest.approx(1.0, abs=0.05)
