"""Faults: rates, lengths, purity, and what they do to a batch."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import Catalogue
from sensors.faults import (
    Affected,
    Episodes,
    Fault,
    FaultPlan,
    outage_ms,
    repair_ms,
    spike,
    stick,
    stuck_ms,
)
from sensors.network import Network, build_network
from sensors.noise import draw, keys_of
from twin.clock import DAY_MS, HOUR_MS

DRAWS = draw(keys_of(1, [str(number) for number in range(20_000)]), 3)
YEAR_MS = 365 * DAY_MS


@pytest.fixture
def lamps(make_catalogue: Callable[[str], Catalogue], three_kinds: str, make_map) -> Network:
    """Many poor neurons, so that faults are frequent."""
    text = three_kinds.replace('grade = "good"', 'grade = "poor"')
    return build_network(make_catalogue(text), make_map(lift=3000))


def test_a_spike_is_rare_and_five_to_fifty_sigma() -> None:
    y = np.zeros(len(DRAWS))
    hit = spike(y, np.full(len(y), 2.0), np.full(len(y), 0.01), DRAWS)
    assert 0.007 < hit.mean() < 0.013
    assert (y[~hit] == 0).all()
    assert ((np.abs(y[hit]) >= 10) & (np.abs(y[hit]) <= 100)).all()
    assert 0.3 < (y[hit] > 0).mean() < 0.7


def test_a_rate_of_zero_spares_every_sample() -> None:
    y = np.zeros(len(DRAWS))
    assert not spike(y, np.ones(len(y)), np.zeros(len(y)), DRAWS).any()


def test_a_stuck_neuron_repeats_its_value_and_starts_anew_afterwards() -> None:
    held, series = np.full(3, np.nan), np.array([0, 2], np.int32)
    first, second, free, again = (
        np.array(pair) for pair in ([1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0])
    )
    stick(first, held, series, np.array([False, True]))
    stick(second, held, series, np.array([False, True]))
    stick(free, held, series, np.array([False, False]))
    stick(again, held, series, np.array([False, True]))
    assert [one.tolist() for one in (first, second, free, again)] == [
        [1.0, 5.0],
        [2.0, 5.0],
        [3.0, 7.0],
        [4.0, 8.0],
    ]


@pytest.mark.parametrize(
    ("duration", "shortest_h", "mean_h", "longest_h"),
    [(stuck_ms, 6, 54, 240), (repair_ms, 0, 72, 720), (outage_ms, 1, 3.5, 6)],
)
def test_faults_last_as_long_as_they_should(duration, shortest_h, mean_h, longest_h) -> None:
    hours = duration(DRAWS) / HOUR_MS
    assert shortest_h <= hours.min()
    assert hours.max() <= longest_h
    assert hours.mean() == pytest.approx(mean_h, rel=0.05)


def test_an_episode_is_active_from_its_start_to_before_its_end() -> None:
    one = Episodes(np.array([4], np.int32), np.array([100]), np.array([200]))
    active = [one.active(t).tolist() for t in (99, 100, 199, 200)]
    assert active == [[], [4], [4], []]
    assert len(one.within(200, 300).target) == len(one.within(0, 100).target) == 0
    assert len(one.within(199, 200).target) == 1


def test_neurons_fail_as_often_as_their_grade_says(lamps: Network, start_ms: int) -> None:
    labels = FaultPlan(lamps, 1).labels(start_ms, start_ms + YEAR_MS)
    begun = [label for label in labels if label.start_ms >= start_ms]
    poor = 3000 + 8
    stuck = sum(label.fault is Fault.STUCK for label in begun) / poor
    dead = sum(label.fault is Fault.DEAD for label in begun) / poor
    assert stuck == pytest.approx(0.5, rel=0.1)
    assert dead == pytest.approx(0.25, rel=0.15)


def test_a_lora_gateway_is_out_about_once_a_month(lamps: Network, start_ms: int) -> None:
    labels = FaultPlan(lamps, 1).labels(start_ms, start_ms + 5 * YEAR_MS)
    outages = sum(label.fault is Fault.OUTAGE for label in labels)
    lora = sum(gateway.startswith("l") for _, gateway in lamps.gateways)
    assert outages / lora / 5 == pytest.approx(12, rel=0.15)


def test_labels_name_what_is_affected_at_that_moment(lamps: Network, start_ms: int) -> None:
    plan, t_ms = FaultPlan(lamps, 1), start_ms + 5 * HOUR_MS
    dead = Affected(plan, Fault.DEAD, len(lamps)).at(t_ms)
    labelled = {one.target for one in plan.labels(t_ms, t_ms + 1) if one.fault is Fault.DEAD}
    assert labelled == {lamps.sensor_ids[row] for row in np.flatnonzero(dead)}
    assert labelled


def test_the_past_is_known_without_having_been_run(lamps: Network, start_ms: int) -> None:
    """Looking every hour for days gives the same as looking once."""
    plan, later = FaultPlan(lamps, 1), start_ms + 3 * DAY_MS
    patient = Affected(plan, Fault.STUCK, len(lamps))
    for t_ms in range(start_ms, later, HOUR_MS):
        patient.at(t_ms)
    assert (patient.at(later) == Affected(plan, Fault.STUCK, len(lamps)).at(later)).all()


def test_another_neuron_beside_it_leaves_a_plan_unchanged(
    lamps: Network, make_catalogue, three_kinds: str, make_map, start_ms: int
) -> None:
    text = three_kinds.replace('grade = "good"', 'grade = "poor"')
    more = build_network(make_catalogue(text), make_map(lift=3500))
    ours = set(lamps.sensor_ids)
    before = FaultPlan(lamps, 1).labels(start_ms, start_ms + DAY_MS)
    after = FaultPlan(more, 1).labels(start_ms, start_ms + DAY_MS)
    neuron = [one for one in before if one.fault is not Fault.OUTAGE]
    assert neuron == [one for one in after if one.target in ours]
