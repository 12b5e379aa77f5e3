"""Faults put into an hour and a half of simulated readings: what is found, and what wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from api.config import load_rulebook
from api.quality.inspector import Inspector
from api.quality.trust import Verdict
from api.vitals.windows import Windows
from sensors.catalogue import load_catalogue
from sensors.faults.label import Fault
from sensors.faults.line import Injected
from sensors.faults.profile import load_profile
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.simulation import Simulation
from twin.arrays import Bools, Floats, Index
from twin.city import City, load_city_config
from twin.clock import MINUTE_MS, parse_time
from twin.config import default_config_dir
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T13:00")
MINUTES = 100
BROKEN_MS = START_MS + 20 * MINUTE_MS
FALSE_REFUSALS, FALSE_DISTRUST = 1e-4, 1e-3  # the figures that docs/vitals.md states


# Fault, kind, which neurons of it, how far in sigma; put in by the fault line of the fleet.
INJECTED = (
    (Fault.STUCK, "joint_temp", 40, 6, 0.0),
    (Fault.STUCK, "noise_laeq", 40, 6, 0.0),
    (Fault.SPOOFED, "noise_laeq", 30, 4, 0.0),
    (Fault.SPOOFED, "veh_count_speed", 30, 4, 0.0),
    (Fault.SPOOFED, "crowd_density", 7, 2, 0.0),
    (Fault.BIAS, "air_temp", 8, 1, 20.0),
    (Fault.BIAS, "o3", 5, 1, 12.0),
    (Fault.DEAD, "residual_current", 40, 4, 0.0),
)


@dataclass(frozen=True)
class Hour:
    """Readings as sent, those of them that are spikes, and the neurons that have a fault."""

    network: Network
    readings: ReadingBatch
    spiked: Bools
    faulty: Bools


@dataclass(frozen=True)
class Seen:
    """What the inspector made of readings: the verdict at the end and who was refused when."""

    verdict: Verdict
    refused: set[tuple[int, int]]
    live: Bools


@pytest.fixture(scope="module")
def hour() -> Hour:
    config = default_config_dir()
    geography = load_geography(config, "core")
    network = build_network(load_catalogue(config), geography)
    city = City.start(load_city_config(config), geography, load_scenarios(config), 5, START_MS)
    simulation = Simulation(city, network, load_profile(config))
    end_ms = START_MS + MINUTES * MINUTE_MS
    for number, (fault, kind, first, count, size) in enumerate(INJECTED):
        rows = network.of_kind(kind)[first : first + count].tolist()
        simulation.faults.inject(Injected(fault, rows, BROKEN_MS, end_ms, size, f"i-{number}"))
    parts = list(simulation.generate(end_ms))
    batch = ReadingBatch.concat([part.readings for part in parts])
    labels = [label for part in parts for label in part.faults]
    spikes = {(one.target, one.start_ms) for one in labels if one.fault is Fault.SPIKE}
    names = [network.sensor_ids[row] for row in network.series.sensor[batch.series].tolist()]
    pairs = zip(names, batch.t_ms.tolist(), strict=True)
    faulty = np.zeros(len(network), bool)
    for label in labels:
        if "/" not in label.target and label.end_ms > label.start_ms:
            faulty[network.index(label.target)] = True
    return Hour(network, batch, np.array([pair in spikes for pair in pairs]), faulty)


def inspected(hour: Hour, value: Floats | None = None) -> Seen:
    """Through the windows, with other values."""
    batch = hour.readings if value is None else replace(hour.readings, value=value)
    rulebook = load_rulebook(default_config_dir(), hour.network.catalogue)
    inspector = Inspector(hour.network, rulebook.quality)
    windows = Windows(hour.network, {}, inspector)
    refused: set[tuple[int, int]] = set()
    take = inspector.take

    def watching(series: Index, t_ms: Floats, values: Floats) -> object:
        accepted = take(series, t_ms, values)
        refused.update(zip(accepted.refused.tolist(), accepted.refused_ms.tolist(), strict=True))
        return accepted

    inspector.take = watching  # type: ignore[method-assign, assignment]
    windows.expect(int(batch.t_ms.max()))
    windows.advance(START_MS - 1)
    windows.add(batch)
    windows.advance(int(batch.t_ms.max()))
    end_ms = int(batch.t_ms.max())
    return Seen(windows.judge(end_ms), refused, windows.live(end_ms))


@pytest.fixture(scope="module")
def clean(hour: Hour) -> Seen:
    return inspected(hour)


@pytest.mark.parametrize(("fault", "kind", "first", "count", "size"), INJECTED)
def test_injected_faults_are_found_and_named(
    hour: Hour, clean: Seen, fault: Fault, kind: str, first: int, count: int, size: float
) -> None:
    reasons = {Fault.STUCK: "stuck", Fault.SPOOFED: "two_voices", Fault.BIAS: "unlike_neighbours"}
    for sensor in hour.network.of_kind(kind)[first : first + count].tolist():
        if fault is Fault.DEAD:
            assert not clean.live[sensor]
        else:
            assert reasons[fault] in clean.verdict.reasons(sensor)
            assert not clean.verdict.believed[sensor]


def of(hour: Hour, quantity: str) -> Index:
    """The series of one quantity whose neuron has no fault of its own."""
    kind, _, name = quantity.partition(".")
    rows = np.flatnonzero([one.endswith(f":{name}") for one in hour.network.series.name])
    mine = hour.network.kind[hour.network.series.sensor[rows]] == [
        one.id for one in hour.network.catalogue
    ].index(kind)
    found = rows[mine]
    return found[~hour.faulty[hour.network.series.sensor[found]]].astype(np.int32)


def changed(hour: Hour, series: Index) -> Iterator[tuple[int, np.ndarray]]:
    """Per series the positions of its readings after the fault sets in, in order of time."""
    batch = hour.readings
    for one in series.tolist():
        where = np.flatnonzero((batch.series == one) & (batch.t_ms >= BROKEN_MS))
        yield one, where[np.argsort(batch.t_ms[where], kind="stable")]


def test_hardly_any_good_reading_is_refused(hour: Hour, clean: Seen) -> None:
    batch = hour.readings
    fine = ~hour.spiked & ~hour.faulty[hour.network.series.sensor[batch.series]]
    pairs = zip(batch.series[fine].tolist(), batch.t_ms[fine].tolist(), strict=True)
    wrongly = sum(pair in clean.refused for pair in pairs)
    assert wrongly / fine.sum() < FALSE_REFUSALS


def test_hardly_any_good_neuron_is_distrusted(hour: Hour, clean: Seen) -> None:
    wrongly = ~clean.verdict.believed & ~hour.faulty
    assert wrongly.sum() / len(hour.network) < FALSE_DISTRUST


STUCK = ("joint_temp.temperature", "residual_current.current", "noise_laeq.laeq", "pm25.mass",
         "air_temp.temperature", "veh_count_speed.speed", "feeder_load.power")  # fmt: skip


def test_neurons_that_stick_are_found_within_the_hour(hour: Hour) -> None:
    """All series of the neuron hold their value, as they do in a fleet."""
    value = hour.readings.value.copy()
    series = np.concatenate([of(hour, name)[:12] for name in STUCK])
    sensors = np.unique(hour.network.series.sensor[series])
    every = np.flatnonzero(np.isin(hour.network.series.sensor, sensors)).astype(np.int32)
    for _, where in changed(hour, every):
        value[where] = value[where[:1]]
    verdict = inspected(hour, value).verdict
    assert (verdict.stuck_ms[sensors] > 0).mean() > 0.95
    assert not verdict.believed[sensors].all()


def test_most_spikes_of_smooth_quantities_are_refused(hour: Hour) -> None:
    """5 to 50 sigma, as the fleet makes them, on every 50th reading."""
    network, value = hour.network, hour.readings.value.copy()
    chance = np.random.default_rng(7)
    names = ("joint_temp.temperature", "air_temp.temperature", "pm25.mass", "queue_length.queue")
    made = []
    for name in names:
        series = of(hour, name)
        kind, _, quantity = name.partition(".")
        one = network.catalogue.kind(kind).quantity(quantity)
        for row, where in changed(hour, series):
            hit = where[5::50]
            before = value[hit].copy() * one.per_unit
            sigma = one.noise_abs + one.noise_rel * np.abs(before)
            size = 5.0 * 10.0 ** chance.random(len(hit)) * chance.choice([-1, 1], len(hit))
            after = np.clip(before + size * sigma, one.low, one.high)
            value[hit] = after / one.per_unit
            made += [
                (row, int(t_ms))
                for t_ms, off in zip(
                    hour.readings.t_ms[hit], np.abs(after - before) / sigma, strict=True
                )
                if off > 12
            ]
    refused = inspected(hour, value).refused
    assert len(made) > 50
    assert sum(pair in refused for pair in made) / len(made) > 0.9


BIAS = {"air_temp.temperature": 3.0, "pm25.mass": 60.0, "no2.mass": 110.0, "o3.mass": 110.0,
        "co.mass": 1.5, "air_rh.humidity": 14.0, "pressure_air.pressure": 3.0}  # fmt: skip


@pytest.mark.parametrize("name", BIAS)
def test_a_biased_neuron_is_unlike_its_neighbours(hour: Hour, name: str) -> None:
    one = of(hour, name)[2:3]
    kind, _, quantity = name.partition(".")
    per_unit = hour.network.catalogue.kind(kind).quantity(quantity).per_unit
    value = hour.readings.value.copy()
    for _, where in changed(hour, one):
        value[where] += BIAS[name] / per_unit
    verdict = inspected(hour, value).verdict
    sensor = int(hour.network.series.sensor[one[0]])
    assert not verdict.believed[sensor]
    assert verdict.reasons(sensor)[-1] == "unlike_neighbours"


def test_a_spoofed_neuron_that_claims_clean_air_is_found(hour: Hour) -> None:
    """Someone sends a calm day of his own, noise and all, instead of what is measured."""
    chance, value = np.random.default_rng(3), hour.readings.value.copy()
    one = of(hour, "air_temp.temperature")[1:2]
    for _, where in changed(hour, one):
        value[where] = 12.0 + np.round(chance.normal(0, 0.15, len(where)), 1)
    verdict = inspected(hour, value).verdict
    assert not verdict.believed[int(hour.network.series.sensor[one[0]])]


def test_readings_out_of_range_cost_trust(hour: Hour) -> None:
    value = hour.readings.value.copy()
    one = of(hour, "noise_laeq.laeq")[:1]
    for _, where in changed(hour, one):
        value[where[::2]] = 900.0
    sensor = int(hour.network.series.sensor[one[0]])
    verdict = inspected(hour, value).verdict
    assert verdict.refused[sensor] > 0.1
    assert verdict.quality[sensor] < 0.7
    assert verdict.reasons(sensor) == ["refused"]
