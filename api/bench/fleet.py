"""Readings per second from the fleet, noise and faults on, beside bare numpy noise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from api.bench.row import Row, median_s
from sensors.catalogue import DEVICE, Catalogue, load_catalogue
from sensors.fleet import Fleet
from sensors.layout import wanted
from sensors.network import Network, build_network
from twin.clock import parse_time
from twin.geography import Geography, load_geography
from twin.truth import Truth

START_MS = parse_time("2026-05-13T06:00")
TICKS = 20
SIZES = {2_000: None, 100_000: 3e6}  # neurons -> the bar, readings/s


def rows(config: Path) -> Iterator[Row]:
    """Every neuron reports at every tick, so that generating is all that is measured."""
    geography, catalogue = load_geography(config, "quarter"), load_catalogue(config)
    for size, target in SIZES.items():
        network = _network_of(catalogue, geography, size)
        readings, took_s = _generate(network)
        noise = np.random.default_rng(1)
        bare_s = median_s(lambda: [noise.standard_normal(readings) for _ in range(TICKS)])  # noqa: B023
        yield Row(
            f"readings generated, {len(network):,} neurons",
            "/s",
            readings * TICKS / took_s,
            readings * TICKS / bare_s,
            "numpy normals",
            target,
        )


def _generate(network: Network) -> tuple[int, float]:
    """Readings per tick and the median seconds for TICKS of them."""
    fleet, chance = Fleet(network, 1), np.random.default_rng(1)
    names = wanted(network.catalogue)
    arrays = {name: chance.random(network.table_rows[name.partition(".")[0]]) for name in names}
    clock = iter(range(START_MS, START_MS + 10_000_000, 10_000))
    readings = len(fleet.births(Truth(next(clock), arrays)))
    return readings, median_s(
        lambda: [fleet.measure(Truth(next(clock), arrays)) for _ in range(TICKS)]
    )


def _network_of(catalogue: Catalogue, geography: Geography, size: int) -> Network:
    """The shipped kinds, thinned or multiplied to about this many neurons, all periodic."""
    plain = len(build_network(_eager(catalogue, 1), geography))
    return build_network(_eager(catalogue, size / plain), geography)


def _eager(catalogue: Catalogue, factor: float) -> Catalogue:
    kinds = tuple(
        replace(
            kind,
            per=kind.per and kind.per * factor,
            every_m=kind.every_m and kind.every_m / factor,
            per_km2=kind.per_km2 and kind.per_km2 * factor,
            report="periodic",
            cadence_ms=10_000,
            heartbeat_ms=10_000,
        )
        for kind in catalogue
        if kind.on != DEVICE
    )
    return replace(catalogue, kinds=kinds)
