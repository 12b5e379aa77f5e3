"""Vital signs: a whole recomputation, readings through decoder and windows, memory."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from api.bench.row import Row, median_cpu_s
from api.config import load_rulebook
from api.intake import Intake
from api.vitals.engine import VitalEngine
from sensors.bus import Message
from sensors.catalogue import DEVICE, Catalogue, load_catalogue
from sensors.network import Network, build_network
from sensors.reading import ReadingBatch
from sensors.senml import record_decoder
from sensors.topics import readings_topic
from sensors.wire import encode_pack
from twin.arrays import Floats, Index
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_time
from twin.entities import Geography
from twin.geography import load_geography

START_MS = parse_time("2026-05-13T12:00")
LARGE = 20_000  # neurons of the larger figure
PACK = 100
ROUNDS = 5
RUN = "bench"


def rows(config: Path) -> Iterator[Row]:
    """Windows full for as long as they reach; times are those of one core.

    Every evaluation works out every indicator; of the 30 days of tilt, cracks and settlement
    the sums of closed hours are kept.
    """
    catalogue = load_catalogue(config)
    core, quarter = load_geography(config, "core"), load_geography(config, "quarter")
    network = build_network(catalogue, core)
    before = _resident_mb()
    engine = _filled(config, core, network)
    yield _evaluation(engine, network, 20)
    yield from _intake(engine, network)
    yield Row(
        "memory of vital signs, windows full", "MB", _resident_mb() - before, target=500,
        more_is_better=False,
    )  # fmt: skip
    del engine
    gc.collect()
    plain = len(build_network(catalogue, quarter))
    large = build_network(_thinned(catalogue, LARGE / plain), quarter)
    yield _evaluation(_filled(config, quarter, large), large, 100)


def _evaluation(engine: VitalEngine, network: Network, target_ms: float) -> Row:
    """Every indicator at every level, dimensions, composite and colours."""
    clock = iter(range(START_MS + 10_000, START_MS + HOUR_MS, 10_000))
    took_s = median_cpu_s(lambda: engine.evaluate(next(clock)), 15)
    values = np.random.default_rng(1).random(len(network.series))
    sort_s = median_cpu_s(lambda: np.sort(values), 15)
    return Row(
        f"all vital signs of {len(network):,} neurons, every indicator anew", "ms", 1000 * took_s,
        1000 * sort_s, "sort of one value per series", target_ms, more_is_better=False,
    )  # fmt: skip


def _intake(engine: VitalEngine, network: Network) -> Iterator[Row]:
    """Packs of about 100 readings from the wire into the windows, one core."""
    chance, intake = np.random.default_rng(2), Intake(network)
    moments = [START_MS + HOUR_MS + step * SECOND_MS for step in (0, 60, 120)]
    messages = [
        [Message(*pack, False, 1, 0, 0) for pack in _packs(network, chance, t_ms, seq)]
        for seq, t_ms in enumerate(moments, 1)
    ]
    readings, work = len(_numeric(network)), iter(zip(moments, messages, strict=True))

    def take() -> None:
        t_ms, packs = next(work)
        batches = [intake.take(message, t_ms) for message in packs]
        engine.add(ReadingBatch.concat([batch for batch in batches if batch is not None]))
        engine.advance(t_ms)

    took_s = median_cpu_s(take, len(moments))
    bare = record_decoder()
    bare_s = median_cpu_s(lambda: [bare.decode(one.payload) for one in messages[0]], ROUNDS)
    name = f"readings decoded and into windows, packs of {PACK}"
    yield Row(name, "/s", readings / took_s, readings / bare_s, "msgspec alone", 300_000)


def _packs(
    network: Network, chance: np.random.Generator, t_ms: int, seq: int
) -> Iterator[tuple[str, bytes]]:
    batch = _batch(network, chance, _numeric(network), t_ms)
    gateway = network.gateway[network.series.sensor[batch.series]]
    for row in np.unique(gateway).tolist():
        mine, (zone, name) = batch.take(gateway == row), network.gateways[row]
        count = -(-len(mine) // PACK)
        for part, rows_ in enumerate(np.array_split(np.arange(len(mine)), count)):
            number = (seq - 1) * count + part + 1
            payload = encode_pack(network, zone, name, 1, number, mine.take(rows_))
            yield readings_topic(RUN, zone, name), payload


def _filled(config: Path, geography: Geography, network: Network) -> VitalEngine:
    """An engine with 30 days of slow history, a day of hours and an hour of minutes."""
    engine = VitalEngine(load_rulebook(config, network.catalogue), geography, network)
    chance, series = np.random.default_rng(0), _numeric(network)
    for back_ms in (
        *range(30 * DAY_MS, DAY_MS, -6 * HOUR_MS),
        *range(DAY_MS, HOUR_MS, -HOUR_MS),
        *range(HOUR_MS, -1, -MINUTE_MS),
    ):
        engine.advance(START_MS - back_ms)
        engine.add(_batch(network, chance, series, START_MS - back_ms))
    engine.evaluate(START_MS)
    return engine


def _batch(network: Network, chance: np.random.Generator, series: Index, t_ms: int) -> ReadingBatch:
    """Something possible from each of the series."""
    quantity = network.series.quantity[series]
    low = _column(network, [one.low for one in network.quantities])[quantity]
    step = _column(network, [20 * one.resolution for one in network.quantities])[quantity]
    value = low + step * chance.random(len(series))
    return ReadingBatch(series, np.full(len(series), t_ms, np.int64), value)


def _column(network: Network, values: list[float]) -> Floats:
    column: Floats = np.array(values) / np.array([one.per_unit for one in network.quantities])
    return column


def _numeric(network: Network) -> Index:
    numeric = np.array([one.numeric for one in network.quantities])
    return np.flatnonzero(numeric[network.series.quantity]).astype(np.int32)


def _thinned(catalogue: Catalogue, factor: float) -> Catalogue:
    """The shipped kinds with so many times as many neurons."""
    kinds = tuple(
        kind
        if kind.on == DEVICE
        else replace(
            kind,
            per=kind.per and kind.per * factor,
            every_m=kind.every_m and kind.every_m / factor,
            per_km2=kind.per_km2 and kind.per_km2 * factor,
        )
        for kind in catalogue
    )
    return replace(catalogue, kinds=kinds)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
