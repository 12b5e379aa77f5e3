"""What every fault promises, whatever it does."""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
from faultbench import RULES, TICKS, Bench, Run

from sensors.faults.label import Fault, FaultLabel
from sensors.faults.table import FAULTS

SINGLE = {Fault.SPIKE, Fault.DROPOUT, Fault.DUPLICATE, Fault.LATE}
LATER = {Fault.LATE, Fault.DUPLICATE, Fault.BACKFILL}  # these reach the gateway at another tick
SETTLE_MS = 200_000  # until all that is late has come
Changes = set[tuple[str, int]]


def test_the_contract_is_tried_with_every_fault_of_the_table() -> None:
    assert set(RULES) == set(FAULTS) == set(Fault)


@pytest.mark.parametrize("fault", RULES)
def test_the_same_seed_gives_the_same_readings_and_labels(bench: Bench, fault: Fault) -> None:
    run, again = bench.whole(fault), bench.run(bench.chain([fault]), range(60))
    assert run.heard[:60] == again.heard
    assert set(again.labels) >= {one for one in run.labels if one.end_ms < bench.moment(59).t_ms}


@pytest.mark.parametrize("fault", RULES)
def test_switched_off_it_leaves_every_reading_as_it_was_said(bench: Bench, fault: Fault) -> None:
    calm = bench.whole(None)
    assert [set(heard) for heard in calm.heard] == calm.said
    assert calm.labels == []
    assert bench.whole(fault).heard != calm.heard


@pytest.mark.parametrize("fault", RULES)
def test_it_goes_on_from_any_moment_as_it_would_have(bench: Bench, fault: Fault) -> None:
    whole, ends = bench.chain([fault]), (0, 22, 35, 61, 89)
    for start, stop in pairwise(ends):
        copy = bench.chain([fault])
        copy.restore(whole.state())
        one, other = (bench.run(chain, range(start, stop)) for chain in (whole, copy))
        assert one.heard == other.heard
        assert one.labels == other.labels
        assert whole.state() == copy.state()


@pytest.mark.parametrize("fault", RULES)
def test_its_labels_cover_all_that_it_changed_and_nothing_else(bench: Bench, fault: Fault) -> None:
    run = bench.whole(fault)
    changed, labels = _changed(bench, run, fault), defaultdict(list)
    for label in run.labels:
        labels[label.target].append(label)
    for target, t_ms in changed:
        assert any(_covers(label, t_ms) for label in labels[target]), (target, t_ms)
    settled_ms = bench.moment(TICKS).t_ms - (SETTLE_MS if fault in LATER else 0)
    whole = [
        one for one in run.labels if bench.start_ms <= one.start_ms and one.end_ms < settled_ms
    ]
    times = defaultdict(list)
    for target, t_ms in changed:
        times[target].append(t_ms)
    assert {label.fault for label in run.labels} == {fault}
    assert whole
    for label in whole:
        assert any(_covers(label, t_ms) for t_ms in times[label.target]), label


def test_faults_compose_in_any_order(bench: Bench) -> None:
    for seed in range(2):
        order = np.random.default_rng(seed).permutation([fault.value for fault in RULES])
        faults = [Fault(fault) for fault in order.tolist()]
        whole, half, copy = (bench.chain(faults) for _ in range(3))
        run = bench.run(whole, range(100))
        first = bench.run(half, range(45))
        copy.restore(half.state())
        second = bench.run(copy, range(45, 100))
        assert run.heard == first.heard + second.heard
        assert {label.fault for label in run.labels} == set(Fault)


def test_a_neuron_that_no_label_names_is_heard_as_it_spoke(bench: Bench) -> None:
    run = bench.run(bench.chain(list(RULES)), range(15))
    untouched = set(range(len(bench.network))) - _labelled(bench, run.labels)
    rows = set(np.flatnonzero(np.isin(bench.network.series.sensor, list(untouched))).tolist())
    assert rows
    for said, heard in zip(run.said, run.heard, strict=True):
        assert {p for p in said if p[0] in rows} == {p for p in heard if p[0] in rows}


def _changed(bench: Bench, run: Run, fault: Fault) -> Changes:
    """Target and time of each reading that was lost, added or altered.

    What comes at a later tick than it was said at counts for the time at which it was said.
    """
    changed: Changes = set()
    for tick, (said, heard) in enumerate(zip(run.said, run.heard, strict=True)):
        now_ms, times = bench.moment(tick).t_ms, Counter(heard)
        extra = {p for p, n in times.items() if p not in said or n > 1}
        for series, t_ms, _ in (said - times.keys()) | extra:
            at_ms = t_ms if t_ms < now_ms and fault in LATER else now_ms
            changed.add((_target(bench, series, fault), at_ms))
    return changed


def _target(bench: Bench, series: int, fault: Fault) -> str:
    sensor = bench.network.series.sensor[series]
    if FAULTS[fault].gateway:
        return "/".join(bench.network.gateways[bench.network.gateway[sensor]])
    return bench.network.sensor_ids[sensor]


def _covers(label: FaultLabel, t_ms: int) -> bool:
    if label.fault in SINGLE:
        return label.start_ms == t_ms
    return label.start_ms <= t_ms < label.end_ms


def _labelled(bench: Bench, labels: list[FaultLabel]) -> set[int]:
    network = bench.network
    gateways = {"/".join(pair): row for row, pair in enumerate(network.gateways)}
    rows: set[int] = set()
    for label in labels:
        if label.target in gateways:
            rows |= set(np.flatnonzero(network.gateway == gateways[label.target]).tolist())
        else:
            rows.add(network.index(label.target))
    return rows
