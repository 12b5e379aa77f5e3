"""How fast city days pass: the city alone, and with all its neurons; what a snapshot costs.

Seconds of one core (processor time): they hold whatever else the machine is doing, as far as
caches are not shared.
"""

from collections.abc import Iterator
from pathlib import Path

from api.bench.row import Row, median_cpu_s
from sensors.catalogue import DEVICE, load_catalogue
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import HOUR_MS, parse_time
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T06:00")
AREAS = {"core": (6, 10.0), "quarter": (3, 30.0)}  # hours of a stretch, bar for a day in s
SNAPSHOT_MS, SNAPSHOT_MB = 50, 5


def rows(config: Path) -> Iterator[Row]:
    """Core seconds for one day, from the median of three stretches."""
    for area, (hours, bar_s) in AREAS.items():
        simulation, alone = _simulation(config, area), _city(config, area)
        alone_s = median_cpu_s(lambda: alone.run_until(alone.now_ms + hours * HOUR_MS))  # noqa: B023
        day_s = median_cpu_s(lambda: _live(simulation, hours)) * 24 / hours  # noqa: B023
        neurons = simulation.network.table_rows[DEVICE]
        yield Row(
            f"one day of the {area}, {neurons:,} neurons, faults on",
            "core s",
            day_s,
            alone_s * 24 / hours,
            "city alone",
            bar_s,
            more_is_better=False,
        )
        if area == "core":
            yield from _snapshots(simulation)


def _city(config: Path, area: str) -> City:
    """Without neurons."""
    geography, scenarios = load_geography(config, area), load_scenarios(config)
    return City.start(load_city_config(config), geography, scenarios, 42, START_MS)


def _simulation(config: Path, area: str) -> Simulation:
    city = _city(config, area)
    network = build_network(load_catalogue(config), city.geography)
    return Simulation(city, network, load_profile(config))


def _live(simulation: Simulation, hours: int) -> None:
    for _ in simulation.generate(simulation.city.now_ms + hours * HOUR_MS):
        pass


def _snapshots(simulation: Simulation) -> Iterator[Row]:
    took_ms = median_cpu_s(simulation.snapshot) * 1000
    size_mb = len(simulation.snapshot()) / 1e6
    yield Row("snapshot of the core, time", "ms", took_ms, target=SNAPSHOT_MS, more_is_better=False)
    yield Row("snapshot of the core, size", "MB", size_mb, target=SNAPSHOT_MB, more_is_better=False)
