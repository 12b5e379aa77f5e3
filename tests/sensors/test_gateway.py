"""Order, numbering and size of packs."""

import numpy as np
import pytest

from sensors.catalogue import GRID_MS
from sensors.gateway import Gateways
from sensors.network import Network
from sensors.reading import Messages, ReadingBatch
from sensors.senml import MAX_RECORDS


def _batch(points: list[tuple[int, int]]) -> ReadingBatch:
    series, times = zip(*points, strict=True)
    return ReadingBatch(
        np.array(series, np.int32), np.array(times), np.arange(len(points), dtype=float)
    )


def test_readings_are_put_in_order_of_time(small_network: Network) -> None:
    accepted = Gateways(small_network, 1).accept(_batch([(3, 200), (1, 100), (0, 200)]))
    assert accepted.series.tolist() == [1, 0, 3]
    assert accepted.value.tolist() == [1.0, 2.0, 0.0]


def test_second_copies_are_dropped_and_late_readings_pass(small_network: Network) -> None:
    gateways = Gateways(small_network, 1)
    first = gateways.accept(_batch([(0, 100), (0, 100), (1, 100), (0, 110)]))
    second = gateways.accept(_batch([(0, 110), (0, 105), (1, 101), (0, 111)]))
    third = gateways.accept(_batch([(0, 105), (1, 100), (0, 100)]))
    assert first.value.tolist() == [0.0, 2.0, 3.0]
    assert second.value.tolist() == [2.0, 1.0, 3.0]
    assert len(third) == 0


def test_a_gateway_remembers_the_last_four_times_of_a_series(small_network: Network) -> None:
    gateways = Gateways(small_network, 1)
    gateways.accept(_batch([(0, t_ms) for t_ms in (100, 110, 120, 130, 140)]))
    assert len(gateways.accept(_batch([(0, 110), (0, 140)]))) == 0
    assert gateways.accept(_batch([(0, 100)])).t_ms.tolist() == [100]


def test_packs_hold_at_most_200_readings_of_one_gateway(small_network: Network) -> None:
    gateways = Gateways(small_network, 1)
    points = [(row % len(small_network.series), row) for row in range(3000)]
    packs = list(gateways.pack(gateways.accept(_batch(points))))
    assert max(len(pack.batch) for pack in packs) == MAX_RECORDS
    assert sum(len(pack.batch) for pack in packs) == 3000
    for pack in packs:
        sensors = small_network.series.sensor[pack.batch.series]
        pairs = {small_network.gateways[row] for row in small_network.gateway[sensors]}
        assert pairs == {(pack.zone, pack.gateway)}


def test_every_gateway_counts_its_packs_from_one(small_network: Network) -> None:
    gateways = Gateways(small_network, 9)
    everything = np.arange(len(small_network.series))
    numbers: dict[tuple[str, str], list[int]] = {}
    for t_ms in (100, 200, 300):
        for pack in gateways.pack(gateways.accept(_batch([(row, t_ms) for row in everything]))):
            assert pack.epoch == 9
            numbers.setdefault((pack.zone, pack.gateway), []).append(pack.seq)
    assert set(numbers) == set(small_network.gateways)
    assert set(map(tuple, numbers.values())) == {(1, 2, 3)}


def test_no_readings_make_no_pack(small_network: Network) -> None:
    gateways = Gateways(small_network, 1)
    assert list(gateways.pack(gateways.accept(ReadingBatch.empty()))) == []


def test_restored_gateways_count_on_and_remember_times(small_network: Network) -> None:
    gateways, restored = Gateways(small_network, 9), Gateways(small_network, 0)
    list(gateways.pack(gateways.accept(_batch([(0, 100)]))))
    restored.restore(gateways.state())
    accepted = restored.accept(_batch([(0, 100), (0, 101)]))
    (pack,) = restored.pack(accepted)
    assert (pack.epoch, pack.seq, pack.batch.t_ms.tolist()) == (9, 2, [101])


def test_a_state_of_another_network_is_refused(small_network: Network) -> None:
    state = Gateways(small_network, 9).state()
    broken = type(state)(9, state.seq[8:], state.recent_ms, state.told)
    with pytest.raises(ValueError, match="gateways, expected"):
        Gateways(small_network, 9).restore(broken)


def test_ticks_that_arrive_together_leave_what_each_would_have_left(small_network: Network) -> None:
    """Copies, late readings and series that only go on, in the same ticks."""
    chance, together = np.random.default_rng(4), Gateways(small_network, 9)
    alone = Gateways(small_network, 9)
    for _ in range(5):
        at_ms = np.sort(chance.integers(0, 20, 600)) * GRID_MS
        series = chance.integers(0, 28, 600).astype(np.int32)
        late = np.where(series < 14, GRID_MS * chance.integers(0, 6, 600), 0)
        said = Messages(series, at_ms - late + series % 3, series / 7, at_ms)
        parts = [alone.arrived(said.take(at_ms == t_ms)) for t_ms in np.unique(at_ms)]
        whole = together.arrived(said)
        assert whole.t_ms.tolist() == Messages.concat(parts).t_ms.tolist()
        assert whole.series.tolist() == Messages.concat(parts).series.tolist()
        assert together.state() == alone.state()
