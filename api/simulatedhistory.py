"""Weeks of vital signs without broker and store: city -> neurons -> windows, in lock step."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from api.config import load_rulebook
from api.forecast.grid import Grid, Layout
from api.forecast.timetable import STEP_MS
from api.vitals.engine import VitalEngine
from sensors.catalogue import load_catalogue
from sensors.faults.profile import load_profile
from sensors.network import build_network
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.geography import load_geography
from twin.scenarios import load_scenarios

PAST_DAYS = 30  # history of the slow kinds before the start, as at a first start


class SimulatedHistory:
    """One run of the city, evaluated every quarter of an hour. Raises ConfigError."""

    def __init__(self, config_dir: Path, area: str, seed: int, start_ms: int) -> None:
        geography = load_geography(config_dir, area)
        network = build_network(load_catalogue(config_dir), geography)
        rulebook = load_rulebook(config_dir, network.catalogue)
        settings, scenarios = load_city_config(config_dir), load_scenarios(config_dir)
        city = City.start(settings, geography, scenarios, seed, start_ms)
        self._simulation = Simulation(city, network, load_profile(config_dir))
        self._engine = VitalEngine(rulebook, geography, network)
        self.layout = Layout.of(self._engine.rosters, rulebook)
        self._first_ms = start_ms + STEP_MS
        self._rows: list[np.ndarray[tuple[int], np.dtype[np.float64]]] = []

    @property
    def grid(self) -> Grid:
        """What has been lived so far."""
        return Grid(self._first_ms, np.array(self._rows).reshape(-1, self.layout.width))

    def live(self, until_ms: int) -> Iterator[int]:
        """Run the city; yields its time after every row."""
        self._recall()
        for stretch in self._simulation.generate(until_ms, STEP_MS):
            self._engine.add(stretch.readings)
            now_ms = self._simulation.city.now_ms
            self._rows.append(self.layout.row(self._engine.evaluate(now_ms)))
            yield now_ms

    def _recall(self) -> None:
        """The past of the slow kinds, in the order of time."""
        self._engine.advance(self._first_ms - STEP_MS)
        for batch in self._simulation.past(PAST_DAYS):
            self._engine.add(batch)
