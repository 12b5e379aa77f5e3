"""The core of the quarter, its configuration, and cities that start when a test says so."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from twin.arrays import Floats
from twin.city import City, CityConfig, load_city_config
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time
from twin.command import Acknowledgement, Command
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import Scenario, load_scenarios

Start = Callable[..., City]
Inject = Callable[..., Acknowledgement]


@pytest.fixture(scope="session")
def geography() -> Geography:
    return load_geography(default_config_dir(), "core")


@pytest.fixture(scope="session")
def config() -> CityConfig:
    """The shipped configuration without background incidents."""
    return load_city_config(default_config_dir()).model_copy(update={"background_rate": 0.0})


@pytest.fixture(scope="session")
def scenarios() -> Mapping[str, Scenario]:
    return load_scenarios(default_config_dir())


@pytest.fixture(scope="session")
def start(geography: Geography, config: CityConfig, scenarios: Mapping[str, Scenario]) -> Start:
    """start("2026-05-18T10:00", seed=7, background=0.0) -> City."""

    def begin(text: str, seed: int = 7, background: float = 0.0) -> City:
        rated = config.model_copy(update={"background_rate": background})
        return City.start(rated, geography, scenarios, seed, parse_time(text))

    return begin


@pytest.fixture(scope="session")
def inject() -> Inject:
    """inject(city, "crowd_surge", id="c1", at_ms=..., duration_s=...) -> Acknowledgement."""

    def send(
        city: City,
        scenario: str,
        id: str = "test",
        at_ms: int | None = None,
        **arguments: str | float,
    ) -> Acknowledgement:
        return city.submit(
            Command(
                id=id,
                action="inject",
                arguments={"scenario": scenario, **arguments},
                effective_at_ms=at_ms,
            )
        )

    return send


@pytest.fixture(scope="session")
def weekday(start: Start) -> list[Mapping[str, Floats]]:
    """Monday 18 May 2026 without incidents: the mean of every truth array in each hour."""
    city = start("2026-05-18T00:00")
    begun_ms = city.now_ms
    sums: list[dict[str, Floats]] = [{} for _ in range(24)]

    def add(t_ms: int) -> None:
        hour = sums[(t_ms - begun_ms) // HOUR_MS]
        for name, values in city.truth().arrays.items():
            hour[name] = hour.get(name, np.zeros(len(values))) + values / 60

    city.every(MINUTE_MS, 900, add)
    city.run_until(begun_ms + DAY_MS)
    return list(sums)
