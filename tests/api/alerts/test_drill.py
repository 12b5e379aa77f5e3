"""From an incident of the city to the alert it must raise, through every neuron and its faults."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.alerts.alert import What
from api.alerts.book import AlertBook
from api.vitals.engine import VitalEngine
from sensors.faults.profile import load_profile
from sensors.simulation import Simulation
from twin.city import City, load_city_config
from twin.clock import HOUR_MS, MINUTE_MS, parse_time
from twin.command import Command
from twin.config import default_config_dir
from twin.scenarios import load_scenarios

START_MS = parse_time("2026-05-13T22:00")
TARGETS = {"night_noise": "wukang-road-06", "construction_vibration": "wukang-mansion"}


def quiet_city(geography: Any) -> City:
    """Without background incidents."""
    folder = default_config_dir()
    config = load_city_config(folder).model_copy(update={"background_rate": 0.0})
    return City.start(config, geography, load_scenarios(folder), 7, START_MS)


def fired(world: Any, city: City, minutes: int) -> Iterator[tuple[str, str]]:
    """Rule and entity of each alert that fires, looked at every five minutes."""
    simulation = Simulation(city, world.network, load_profile(default_config_dir()))
    engine = VitalEngine(world.rulebook, world.geography, world.network)
    engine.advance(START_MS - HOUR_MS)
    book = AlertBook(world.rulebook)
    for part in simulation.generate(START_MS + minutes * MINUTE_MS, MINUTE_MS):
        engine.add(part.readings)
        now_ms = city.now_ms
        if now_ms % (5 * MINUTE_MS) == 0:
            for event in book.step(engine.evaluate(now_ms - 5_000)):
                if event.what is What.FIRING:
                    yield event.alert.rule, event.alert.entity


@pytest.fixture(scope="module")
def alerts(world: Any) -> set[tuple[str, str]]:
    city = quiet_city(world.geography)
    for name, target in TARGETS.items():
        arguments = {"scenario": name, "target": target}
        assert city.submit(Command(id=name, action="inject", arguments=arguments)).accepted
    return set(fired(world, city, 75))


def test_a_noise_at_night_is_told(alerts: set[tuple[str, str]]) -> None:
    assert ("noise", "wukang-road-06") in alerts


def test_plant_beside_a_house_is_told(alerts: set[tuple[str, str]]) -> None:
    assert ("vibration", "wukang-mansion") in alerts
