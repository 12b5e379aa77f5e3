"""Errors that are drawn once, and those that creep."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import Catalogue
from sensors.instruments import GAIN, OVER, TIMES, Instruments, instruments_of
from sensors.layout import layout_of, wanted
from sensors.network import build_network
from twin.clock import DAY_MS
from twin.entities import Geography

CREEPING = """
[[kind]]
id = "probe"
number = 1
name_zh = "探头"
name_en = "Probe"
on = "link"
per = 500
cadence_s = 10
net = "W"
grade = "ordinary"
radius_m = 10

[[kind.quantity]]
id = "value"
truth = "link.level_db"
unit = "kg/m3"
per_unit = 1e9
high = 100
resolution = 0.05
noise_abs = 2
drift_per_year = 12
"""


@pytest.fixture
def probes(
    make_catalogue: Callable[[str], Catalogue], small_map: Geography
) -> Callable[[str], Instruments]:
    def make(text: str = CREEPING) -> Instruments:
        network = build_network(make_catalogue(text), small_map)
        layout = layout_of(wanted(network.catalogue), network.table_rows)
        return instruments_of(network, layout, 7)

    return make


def test_gain_errors_have_the_spread_of_their_grade(probes) -> None:
    assert probes().parameters[GAIN].std() == pytest.approx(0.02, rel=0.1)
    good = probes(CREEPING.replace("ordinary", "good")).parameters[GAIN]
    assert good.std() == pytest.approx(0.005, rel=0.1)


def test_bias_is_a_multiple_of_the_noise(probes, start_ms: int) -> None:
    still = probes(CREEPING.replace("drift_per_year = 12", ""))
    assert still.offsets(start_ms).std() == pytest.approx(2.0, rel=0.15)


def test_drift_over_a_month_has_the_size_of_its_class(probes, start_ms: int) -> None:
    still = probes(CREEPING.replace("drift_per_year = 12", ""))
    change = still.offsets(start_ms + 30 * DAY_MS) - still.offsets(start_ms)
    assert change.std() == pytest.approx(0.3 * 2, rel=0.15)


def test_linear_drift_creeps_until_the_yearly_calibration(probes, start_ms: int) -> None:
    creeping, still = probes(), probes(CREEPING.replace("drift_per_year = 12", ""))
    days = [start_ms + day * DAY_MS for day in range(0, 366, 5)]
    drift = np.stack([creeping.offsets(t_ms) - still.offsets(t_ms) for t_ms in days])
    assert drift.min() >= 0
    assert drift.max() <= 12
    steps = np.diff(drift, axis=0)
    assert (np.sum(steps < 0, axis=0) <= 1).all()
    assert steps[steps > 0] == pytest.approx(12 * 5 / 365)


def test_offsets_move_without_jumps_from_hour_to_hour(probes, start_ms: int) -> None:
    still = probes(CREEPING.replace("drift_per_year = 12", ""))
    hours = np.stack([still.offsets(start_ms + hour * 3_600_000) for hour in range(0, 24 * 62)])
    assert np.abs(np.diff(hours, axis=0)).max() < 0.01


def test_whole_steps_become_wire_units_by_an_exact_fraction(probes) -> None:
    parameters = probes().parameters
    assert set(parameters[TIMES]) == {1.0}
    assert set(parameters[OVER]) == {2e10}
