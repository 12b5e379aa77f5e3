"""How long messages take to their gateway."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, Catalogue
from sensors.delivery import Delivery
from sensors.faults.chain import Chain
from sensors.faults.profile import load_profile
from sensors.faults.tools import Moment
from sensors.network import Network, build_network
from sensors.reading import Messages, ReadingBatch
from twin.config import default_config_dir

Radios = Callable[[str], Network]


@pytest.fixture
def radios(make_catalogue: Callable[[str], Catalogue], three_kinds: str, make_map) -> Radios:
    """A network with 2,000 lifts of this network class."""

    def make(net: str) -> Network:
        text = three_kinds.replace('net = "L"', f'net = "{net}"')
        return build_network(make_catalogue(text), make_map(lift=2000))

    return make


def _delivery(network: Network) -> Delivery:
    profile = load_profile(default_config_dir(), "none")
    return Delivery(network, 7, profile.radio, Chain(network, 7, profile))


def _messages(network: Network, t_ms: int) -> ReadingBatch:
    """Every lift says all it has."""
    lifts = np.isin(network.series.sensor, network.of_kind("lift_state"))
    rows = np.flatnonzero(lifts).astype(np.int32)
    return ReadingBatch(rows, np.full(len(rows), t_ms), np.arange(len(rows), dtype=float))


def _carried(delivery: Delivery, network: Network, start_ms: int, steps: range):
    for step in steps:
        t_ms = start_ms + step * GRID_MS
        said = Messages.of(_messages(network, t_ms), t_ms)
        yield t_ms, delivery.carry(said, Moment(t_ms, {}))


@pytest.mark.parametrize("net", ["W", "L"])
def test_quick_networks_deliver_within_the_tick(radios: Radios, start_ms: int, net: str) -> None:
    network = radios(net)
    for t_ms, batch in _carried(_delivery(network), network, start_ms, range(5)):
        assert len(batch) == len(_messages(network, t_ms))


def test_narrowband_messages_come_now_or_one_tick_later(radios: Radios, start_ms: int) -> None:
    network, late, count = radios("N"), 0, 0
    for t_ms, batch in _carried(_delivery(network), network, start_ms, range(10)):
        age = t_ms - batch.t_ms
        assert set(age.tolist()) <= {0, GRID_MS}
        late += int((age > 0).sum())
        count += len(batch)
    assert late / count == pytest.approx(5 / 8, abs=0.08)  # 2 to 10 s, of which 5 to 10 are late


def test_a_message_arrives_whole(radios: Radios, start_ms: int) -> None:
    network = radios("N")
    for _, batch in _carried(_delivery(network), network, start_ms, range(10)):
        pairs = list(zip(network.series.sensor[batch.series], batch.t_ms, strict=True))
        assert all(pairs.count(pair) == 2 for pair in pairs[:20])


def test_first_messages_do_not_wait(radios: Radios, start_ms: int) -> None:
    network = radios("N")
    batch = _messages(network, start_ms)
    assert len(_delivery(network).join(batch, Moment(start_ms, {}))) == len(batch)


def test_a_restored_delivery_goes_on_as_it_would_have(radios: Radios, start_ms: int) -> None:
    network = radios("N")
    delivery, restored = _delivery(network), _delivery(network)
    list(_carried(delivery, network, start_ms, range(5)))
    restored.restore(delivery.state())
    one = list(_carried(delivery, network, start_ms, range(5, 9)))
    other = list(_carried(restored, network, start_ms, range(5, 9)))
    for (_, left), (_, right) in zip(one, other, strict=True):
        assert left.series.tolist() == right.series.tolist()
        assert left.t_ms.tolist() == right.t_ms.tolist()


def test_a_state_of_another_network_is_refused(small_network: Network, radios: Radios) -> None:
    state = _with_a_far_series(_delivery(radios("L")).state())
    with pytest.raises(ValueError, match="expected fewer"):
        _delivery(small_network).restore(state)


def _with_a_far_series(state):
    return type(state)(np.array([9999], np.int32).tobytes(), state.t_ms, state.value)
