"""The score of five quantiles stands for the integral; intervals count their ends."""

import math
from itertools import pairwise

import numpy as np
import pytest

from api.forecast.crps import LEVELS, SHARES, covered, crps

NORMAL = np.array([-1.6448536, -0.6744898, 0.0, 0.6744898, 1.6448536])


def exact(z: float) -> float:
    """CRPS of the standard normal at z (Gneiting and Raftery 2007)."""
    density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    below = (1 + math.erf(z / math.sqrt(2))) / 2
    return z * (2 * below - 1) + 2 * density - 1 / math.sqrt(math.pi)


def test_each_level_stands_for_the_levels_nearest_to_it() -> None:
    edges = [0, *((low + high) / 2 for low, high in pairwise(LEVELS)), 1]
    assert pytest.approx(np.diff(edges)) == SHARES


def test_the_mean_over_a_normal_distribution_is_its_mean_crps() -> None:
    seen = np.random.default_rng(5).standard_normal(200_000)
    found = float(crps(np.broadcast_to(NORMAL, (len(seen), 5)), seen).mean())
    assert found == pytest.approx(1 / math.sqrt(math.pi), rel=0.03)


@pytest.mark.parametrize("z", [0.0, 0.5, 1.0, 2.0, 4.0])
def test_one_value_scores_nearly_as_the_whole_distribution_does(z: float) -> None:
    assert float(crps(NORMAL, np.array(z))) == pytest.approx(exact(z), abs=0.05)


def test_a_point_forecast_scores_its_absolute_error() -> None:
    assert float(crps(np.full(5, 3.0), np.array(5.0))) == pytest.approx(2.0)


def test_a_wider_or_a_shifted_forecast_scores_worse_than_the_true_one() -> None:
    seen = np.random.default_rng(6).standard_normal(20_000)
    true = crps(np.broadcast_to(NORMAL, (len(seen), 5)), seen).mean()
    assert crps(np.broadcast_to(1.5 * NORMAL, (len(seen), 5)), seen).mean() > 1.02 * true
    assert crps(np.broadcast_to(NORMAL + 0.4, (len(seen), 5)), seen).mean() > 1.02 * true


def test_the_interval_holds_its_ends() -> None:
    quantiles = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert covered(quantiles, np.array([1.0, 5.0, 0.99, 5.01])).tolist() == [
        True,
        True,
        False,
        False,
    ]
