"""Loss in bursts, storms that make them longer, power that fails."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, Catalogue
from sensors.faults.chain import Chain
from sensors.faults.label import Fault
from sensors.faults.profile import load_profile
from sensors.faults.tools import Moment
from sensors.network import Network, build_network
from sensors.reading import Messages, ReadingBatch
from twin.config import default_config_dir

SHARES = [("W", 0.0, 0.002), ("N", 0.005, 0.02), ("L", 0.09, 0.14)]
Radios = Callable[[str], Network]
ORDINARY = load_profile(default_config_dir())


@pytest.fixture
def radios(make_catalogue: Callable[[str], Catalogue], three_kinds: str, make_map) -> Radios:
    """A network with 1,000 lifts of this network class and one transformer per zone."""

    def make(net: str) -> Network:
        text = three_kinds.replace('net = "L"', f'net = "{net}"')
        return build_network(make_catalogue(text), make_map(lift=1000, feeder=2))

    return make


def _heard(network: Network, start_ms: int, steps: int, **arrays: float) -> np.ndarray:
    """Per lift and step, whether its message arrived."""
    chain, lifts = Chain(network, 7, ORDINARY), network.of_kind("lift_state")
    rows = np.array([network.series_of(lift)[0] for lift in lifts], np.int32)
    truth = {name.replace("__", "."): np.full(2, value) for name, value in arrays.items()}
    heard = np.zeros((len(lifts), steps), bool)
    for step in range(steps):
        t_ms = start_ms + step * GRID_MS
        batch = ReadingBatch(rows, np.full(len(rows), t_ms), np.zeros(len(rows)))
        arrived = chain.carried(batch, Moment(t_ms, truth))
        heard[np.searchsorted(rows, arrived.series[arrived.t_ms == t_ms]), step] = True
    return heard[heard.any(axis=1)]  # not the dead


@pytest.mark.parametrize(("net", "least", "most"), SHARES)
def test_each_class_loses_its_share(
    radios: Radios, start_ms: int, net: str, least: float, most: float
) -> None:
    assert least <= 1 - _heard(radios(net), start_ms, 100).mean() <= most


def test_losses_come_in_bursts(radios: Radios, start_ms: int) -> None:
    """After a lost LoRaWAN message the next is lost far more often than usual."""
    lost = ~_heard(radios("L"), start_ms, 60)
    after_loss = (lost[:, 1:] & lost[:, :-1]).sum() / lost[:, :-1].sum()
    assert after_loss > 3 * lost.mean()


def test_a_storm_makes_bad_radios_stay_bad(radios: Radios, start_ms: int) -> None:
    network = radios("L")
    calm = _heard(network, start_ms, 120, zone__rain_mm_h=2.0, zone__wind_gust_m_s=8.0)
    storm = _heard(network, start_ms, 120, zone__rain_mm_h=40.0, zone__wind_gust_m_s=8.0)
    gale = _heard(network, start_ms, 120, zone__rain_mm_h=0.0, zone__wind_gust_m_s=25.0)
    assert 1 - storm.mean() > 1.7 * (1 - calm.mean())
    assert gale.tobytes() == storm.tobytes()


def test_mains_neurons_are_silent_without_power_and_batteries_are_not(
    radios: Radios, start_ms: int
) -> None:
    network = radios("L")
    chain = Chain(network, 7, ORDINARY)
    meters = [int(row) for row in network.of_kind("noise_laeq")]
    rows = np.arange(len(network.series), dtype=np.int32)
    batch = ReadingBatch(rows, np.full(len(rows), start_ms), np.zeros(len(rows)))
    out = {"feeder.outage": np.ones(2)}
    heard = chain.carried(batch, Moment(start_ms, out))
    sensors = set(network.series.sensor[heard.series].tolist())
    assert not sensors & set(meters)
    assert len(sensors) > 500
    chain.labels()
    back_ms = start_ms + 6 * GRID_MS
    chain.carried(ReadingBatch.empty(), Moment(back_ms, {"feeder.outage": np.zeros(2)}))
    cuts = [one for one in chain.labels() if one.fault is Fault.POWER_CUT]
    assert {one.target for one in cuts} == {network.sensor_ids[row] for row in meters}
    assert {(one.start_ms, one.end_ms) for one in cuts} == {(start_ms, back_ms)}


def test_a_mains_neuron_with_a_battery_goes_on(
    make_catalogue: Callable[[str], Catalogue], three_kinds: str, make_map, start_ms: int
) -> None:
    text = three_kinds.replace('net = "W"', 'net = "W"\nbackup = true')
    network = build_network(make_catalogue(text), make_map(feeder=2))
    rows = np.arange(len(network.series), dtype=np.int32)
    batch = ReadingBatch(rows, np.full(len(rows), start_ms), np.zeros(len(rows)))
    moment = Moment(start_ms, {"feeder.outage": np.ones(2)})
    heard = Chain(network, 7, load_profile(default_config_dir())).carried(batch, moment)
    sensors = set(network.series.sensor[heard.series].tolist())
    assert set(network.of_kind("noise_laeq").tolist()) <= sensors


def test_radios_turn_at_their_ticks_when_many_ticks_pass_together(
    radios: Radios, start_ms: int
) -> None:
    network, steps = radios("L"), 60
    each, together = Chain(network, 7, ORDINARY), Chain(network, 7, ORDINARY)
    rows = np.concatenate([network.series_of(one)[:1] for one in network.of_kind("lift_state")])
    at_ms = start_ms + GRID_MS * np.repeat(np.arange(steps), len(rows))
    series = np.tile(rows, steps).astype(np.int32)
    said = Messages(series, at_ms, np.zeros(len(series)), at_ms)
    whole = together.parted(said, Moment(int(at_ms[-1]), {}, steps))[0]
    parts = [
        each.parted(said.take(at_ms == t_ms), Moment(t_ms, {}))[0]
        for t_ms in sorted(set(at_ms.tolist()))
    ]
    assert len(parts) == steps
    assert whole.tolist() == np.concatenate(parts).tolist()
    assert together.state().lines == each.state().lines
