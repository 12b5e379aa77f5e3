"""How fast city days pass: the city alone, and with all its neurons."""

from collections.abc import Iterator
from pathlib import Path

from api.bench.row import Row, median_s
from sensors.catalogue import load_catalogue
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import HOUR_MS, parse_time
from twin.geography import load_geography
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T06:00")
STRETCH_H = 6


def rows(config: Path) -> Iterator[Row]:
    """Wall seconds for one day of the core, from the median of three stretches of six hours."""
    geography, scenarios = load_geography(config, "core"), load_scenarios(config)
    settings = load_city_config(config)
    alone = City.start(settings, geography, scenarios, 42, START_MS)
    alone_s = median_s(lambda: alone.run_until(alone.now_ms + STRETCH_H * HOUR_MS))
    network = build_network(load_catalogue(config), geography)
    simulation = Simulation(
        City.start(settings, geography, scenarios, 42, START_MS), network, load_profile(config)
    )

    def generate() -> None:
        for _ in simulation.generate(simulation.city.now_ms + STRETCH_H * HOUR_MS):
            pass

    day_s = median_s(generate) * 24 / STRETCH_H
    yield Row(
        f"one day of the core with {len(network):,} neurons",
        "s",
        day_s,
        alone_s * 24 / STRETCH_H,
        "city alone",
        20,
        more_is_better=False,
    )
    yield Row("city days per minute", "days", 60 / day_s)
