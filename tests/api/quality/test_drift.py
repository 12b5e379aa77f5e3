"""Neurons that slowly walk away from their neighbours, told by their own past."""

import numpy as np
import pytest

from api.quality.config import DriftRule
from api.quality.drift import Drift
from twin.arrays import Floats
from twin.clock import DAY_MS, HOUR_MS, parse_time

RULE = DriftRule(share=0.3, spreads=5, least_days=5)
MIDNIGHT_MS = parse_time("2026-05-04T00:00")
NEAR = np.full(4, 10.0)


def lived(differences: Floats) -> Drift:
    """Hours by series, from midnight on; told ten minutes after each, and once more."""
    drift = Drift(differences.shape[1])
    for hour, row in enumerate(differences):
        t_ms = MIDNIGHT_MS + (hour + 1) * HOUR_MS + 600_000
        drift.note(t_ms, row)
        drift.note(t_ms + 1_200_000, np.full(len(row), 1e6))  # an hour counts once
    return drift


def hours(days: int, seed: int = 1) -> Floats:
    """Each stands where it stands, with a day of its own and noise."""
    rng = np.random.default_rng(seed)
    day = np.sin(2 * np.pi * np.arange(days * 24) / 24)[:, None] * np.array([0.0, 1.0, 2.0, 3.0])
    return np.array([0.0, 3.0, -5.0, 8.0]) + day + 0.5 * rng.standard_normal((days * 24, 4))


def walked(differences: Floats) -> list[bool]:
    return (lived(differences).walked(RULE, NEAR) > 1).tolist()


def test_a_neuron_that_stands_elsewhere_is_not_drifting() -> None:
    assert walked(hours(15)) == [False] * 4


def test_a_neuron_that_walks_half_a_near_in_two_weeks_is_found() -> None:
    differences = hours(15)
    differences[:, 2] += np.linspace(0, 12, len(differences))
    assert walked(differences) == [False, False, True, False]


def test_restless_neurons_may_walk_further() -> None:
    differences = hours(15)
    restless = np.where(np.arange(15) % 2, 3.0, -3.0)
    differences[:, 1] += np.repeat(restless, 24)
    differences[-24:, 1] += 6.0
    assert walked(differences) == [False] * 4


def test_with_too_few_days_nothing_is_said() -> None:
    differences = hours(6)[: 5 * 24 + 1]
    differences[-24:, 0] += 50.0
    assert walked(differences) == [False] * 4


def test_days_without_readings_are_no_drift_and_move_the_days_on() -> None:
    differences = hours(15)
    differences[9 * 24 : 11 * 24] = np.nan
    drift = lived(differences)
    assert int(np.isnan(drift.days[:, 0]).sum()) == len(drift.days) - 15 + 1 + 2
    assert not (drift.walked(RULE, NEAR) > 1).any()


def test_a_pause_of_the_whole_service_leaves_a_gap() -> None:
    drift = lived(hours(3))
    drift.note(MIDNIGHT_MS + 10 * DAY_MS + HOUR_MS + 600_000, np.zeros(4))
    assert np.flatnonzero(~np.isnan(drift.days[:, 0])).tolist() == pytest.approx(
        [19, 20, 21], abs=2
    )
