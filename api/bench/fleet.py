"""Readings per second from the neurons to their gateways, noise and faults on, and the memory.

Per second of one core (processor time), beside bare numpy noise.
"""

import resource
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from api.bench.row import Row, median_cpu_s
from sensors.catalogue import DEVICE, Catalogue, load_catalogue
from sensors.delivery import Delivery
from sensors.faults.chain import Chain
from sensors.faults.profile import Profile, load_profile
from sensors.faults.radio import GUST, OUTAGE, RAIN
from sensors.faults.tools import AIR_TEMPERATURE, Moment
from sensors.fleet import Fleet
from sensors.layout import wanted
from sensors.network import Network, build_network
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import parse_time
from twin.geography import Geography, load_geography
from twin.scenarios import load_scenarios
from twin.truth import Truth

START_MS = parse_time("2026-05-13T06:00")
TICKS = 20
SIZES = {2_000: None, 100_000: 5e6}  # neurons -> the bar, readings/s
MEMORY_MB = 600


def rows(config: Path) -> Iterator[Row]:
    """Every neuron reports at every tick, so that generating is all that is measured."""
    geography, catalogue = load_geography(config, "quarter"), load_catalogue(config)
    profile = load_profile(config)
    for size, target in SIZES.items():
        network = _network_of(catalogue, geography, size)
        readings, took_s = _generate(network, profile)
        noise = np.random.default_rng(1)
        bare_s = median_cpu_s(lambda: [noise.standard_normal(readings) for _ in range(TICKS)])  # noqa: B023
        yield Row(
            f"readings generated, {len(network):,} neurons, faults on",
            "/core s",
            readings * TICKS / took_s,
            readings * TICKS / bare_s,
            "numpy normals",
            target,
        )
    yield Row(
        "memory of a process that simulates 100 k neurons",
        "MB",
        _peak_mb(config),
        target=MEMORY_MB,
        more_is_better=False,
    )


def _generate(network: Network, profile: Profile) -> tuple[int, float]:
    """Readings per tick and the median core seconds for TICKS of them."""
    faults, chance = Chain(network, 1, profile), np.random.default_rng(1)
    fleet, delivery = Fleet(network, 1, faults), Delivery(network, 1, profile.radio, faults)
    names = {*wanted(network.catalogue), RAIN, GUST, OUTAGE, AIR_TEMPERATURE}
    rows = {name: network.table_rows[name.partition(".")[0]] for name in names}
    arrays = {name: 0.4 * chance.random(size) for name, size in sorted(rows.items())}
    clock = iter(range(START_MS, START_MS + 10_000_000, 10_000))
    readings = len(fleet.births(Truth(next(clock), arrays)))

    def ticks() -> None:
        for _ in range(TICKS):
            truth = Truth(next(clock), arrays)
            fleet.see(truth)
            delivery.carry(fleet.say(), Moment(truth.t_ms, arrays))

    return readings, median_cpu_s(ticks, 5)


def _peak_mb(config: Path) -> float:
    """Highest resident memory of a fresh process with a city and 100,000 neurons."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(simulated_mb, config).result()


def simulated_mb(config: Path) -> float:
    """Simulate a minute of the whole area with 100,000 neurons; peak memory in MB."""
    geography = load_geography(config, "quarter")
    network = _network_of(load_catalogue(config), geography, 100_000)
    city = City.start(load_city_config(config), geography, load_scenarios(config), 42, START_MS)
    Simulation(city, network, load_profile(config)).advance(START_MS + 60_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
