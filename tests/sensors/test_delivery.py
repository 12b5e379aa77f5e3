"""Loss, delay, duplicates and outages on the way to the gateway."""

from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, Catalogue
from sensors.delivery import CHANNELS, DUPLICATES, Delivery
from sensors.faults import Fault, FaultPlan
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from twin.clock import DAY_MS

SHARES = [("W", 0.0, 0.001), ("N", 0.005, 0.02), ("L", 0.09, 0.14)]
Radios = Callable[[str], Network]


@pytest.fixture
def radios(make_catalogue: Callable[[str], Catalogue], three_kinds: str, make_map) -> Radios:
    """A network with 2,000 lifts of this network class."""

    def make(net: str) -> Network:
        text = three_kinds.replace('net = "L"', f'net = "{net}"')
        return build_network(make_catalogue(text), make_map(lift=2000))

    return make


def _messages(network: Network, t_ms: int) -> ReadingBatch:
    """Every lift says all it has."""
    lifts = np.isin(network.series.sensor, network.of_kind("lift_state"))
    rows = np.flatnonzero(lifts).astype(np.int32)
    return ReadingBatch(rows, np.full(len(rows), t_ms), np.arange(len(rows), dtype=float))


def _carried(network: Network, start_ms: int, steps: int) -> list[ReadingBatch]:
    delivery = Delivery(network, 7)
    times = [start_ms + step * GRID_MS for step in range(steps)]
    return [delivery.carry(_messages(network, t_ms), t_ms) for t_ms in times]


def _points(batches: list[ReadingBatch]) -> list[tuple[int, int]]:
    batch = ReadingBatch.concat(batches)
    return list(zip(batch.series.tolist(), batch.t_ms.tolist(), strict=True))


@pytest.mark.parametrize(("net", "least", "most"), SHARES)
def test_each_class_loses_its_share(
    radios: Radios, start_ms: int, net: str, least: float, most: float
) -> None:
    network = radios(net)
    carried = _carried(network, start_ms, 60)
    said = len(_messages(network, 0)) * 59  # the last step may still be on its way
    arrived = {point for point in _points(carried) if point[1] < start_ms + 59 * GRID_MS}
    assert least <= 1 - len(arrived) / said <= most


def test_losses_come_in_bursts(radios: Radios, start_ms: int) -> None:
    """After a lost LoRaWAN message the next is lost far more often than usual."""
    network = radios("L")
    arrived = np.zeros((len(network.series), 60), bool)
    for series, t_ms in _points(_carried(network, start_ms, 60)):
        arrived[series, (t_ms - start_ms) // GRID_MS] = True
    lost = ~arrived[np.isin(network.series.sensor, network.of_kind("lift_state"))]
    after_loss = (lost[:, 1:] & lost[:, :-1]).sum() / lost[:, :-1].sum()
    assert after_loss > 3 * lost.mean()


def test_a_message_arrives_whole_or_not_at_all(radios: Radios, start_ms: int) -> None:
    network = radios("L")
    for batch in _carried(network, start_ms, 10):
        sensors = network.series.sensor[batch.series]
        counts = np.bincount(sensors[np.argsort(sensors)])
        assert not (counts % 2).any()


def test_narrowband_messages_come_now_or_one_tick_later(radios: Radios, start_ms: int) -> None:
    late = 0
    for step, batch in enumerate(_carried(radios("N"), start_ms, 10)):
        age = start_ms + step * GRID_MS - batch.t_ms
        assert set(age.tolist()) <= {0, GRID_MS}
        late += int((age > 0).sum())
    assert late > 1000


def test_a_few_messages_arrive_twice(radios: Radios, start_ms: int) -> None:
    points = _points(_carried(radios("W"), start_ms, 60))
    twice = len(points) - len(set(points))
    assert twice / len(points) == pytest.approx(DUPLICATES, rel=0.3)


def test_nothing_passes_a_gateway_that_is_out(radios: Radios, start_ms: int) -> None:
    network = radios("L")
    labels = FaultPlan(network, 7).labels(start_ms, start_ms + 30 * DAY_MS)
    outage = next(one for one in labels if one.fault is Fault.OUTAGE and one.start_ms > start_ms)
    t_ms = -(-outage.start_ms // GRID_MS) * GRID_MS
    batch = Delivery(network, 7).carry(_messages(network, t_ms), t_ms)
    through = {
        "/".join(network.gateways[row])
        for row in network.gateway[network.series.sensor[batch.series]]
    }
    assert outage.target not in through
    assert len(through) >= 3  # the others go on


def test_a_restored_delivery_goes_on_as_it_would_have(radios: Radios, start_ms: int) -> None:
    network = radios("N")
    delivery, restored = Delivery(network, 7), Delivery(network, 7)
    for step in range(5):
        delivery.carry(_messages(network, start_ms + step * GRID_MS), start_ms + step * GRID_MS)
    restored.restore(delivery.state())
    for step in range(5, 9):
        t_ms = start_ms + step * GRID_MS
        one = delivery.carry(_messages(network, t_ms), t_ms)
        other = restored.carry(_messages(network, t_ms), t_ms)
        assert _points([one]) == _points([other])


def test_states_survive_the_wait(small_network: Network, start_ms: int) -> None:
    """A state text that is on its way when the snapshot is taken arrives as text."""
    row = small_network.series.lookup["lift-0:lift_state:1:state"]
    delivery, restored = Delivery(small_network, 7), Delivery(small_network, 7)
    waiting = ReadingBatch(
        np.array([row], np.int32),
        np.array([start_ms]),
        np.array([np.nan]),
        np.array(["idle"], object),
    )
    delivery.restore(_state_with(delivery, waiting))
    restored.restore(delivery.state())
    arrived = restored.carry(ReadingBatch.empty(), start_ms)
    assert arrived.state is not None
    assert arrived.state.tolist() == ["idle"]


def _state_with(delivery: Delivery, waiting: ReadingBatch):
    assert waiting.state is not None
    return type(delivery.state())(
        bad=delivery.state().bad,
        series=waiting.series.tobytes(),
        t_ms=waiting.t_ms.tobytes(),
        value=waiting.value.tobytes(),
        state=waiting.state.tolist(),
    )


def test_a_state_of_another_network_is_refused(small_network: Network, radios: Radios) -> None:
    with pytest.raises(ValueError, match="neurons, expected"):
        Delivery(small_network, 7).restore(Delivery(radios("L"), 7).state())


def test_only_lorawan_gives_up_after_one_attempt() -> None:
    assert {net: channel.attempts > 1 for net, channel in CHANNELS.items()} == {
        "W": True,
        "N": True,
        "L": False,
    }
