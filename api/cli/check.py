"""`hengfu check-config`: read everything, open nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from api.cli.console import out
from api.cli.options import Area, AreaOption, ConfigOption
from api.config import Rulebook, load_rulebook
from api.forecast.settings import ForecastSettings, load_forecast_settings
from api.history.retention import load_retention
from api.opendata.rules import load_open_rules
from api.operations.deadlines import load_deadlines
from api.realism.limits import load_limits
from sensors.catalogue import load_catalogue
from sensors.faults.profile import Profile, load_profiles
from sensors.layout import check_truths
from sensors.network import Network, build_network
from twin.city import City, CityConfig, load_city_config
from twin.config import default_config_dir
from twin.geography import Geography, load_geography
from twin.scenarios import Scenario, load_scenarios


@dataclass(frozen=True, slots=True)
class Everything:
    """All configuration, read and checked against itself."""

    geography: Geography
    city: CityConfig
    scenarios: Mapping[str, Scenario]
    network: Network
    profiles: Mapping[str, Profile]
    rulebook: Rulebook
    forecast: ForecastSettings


def load_everything(folder: Path, area: str) -> Everything:
    """Every file of the folder; raises ConfigError for the first mistake."""
    geography = load_geography(folder, area)
    network = build_network(load_catalogue(folder), geography)
    city, scenarios = load_city_config(folder), load_scenarios(folder)
    rulebook = load_rulebook(folder, network.catalogue)
    profiles = load_profiles(folder)
    load_retention(folder)
    load_open_rules(folder, network.catalogue)
    load_deadlines(folder)
    load_limits(folder)
    forecast = load_forecast_settings(folder, rulebook)
    trial = City(city, geography, scenarios, seed=0, start_ms=0)
    check_truths(network.catalogue, trial.truth().arrays)
    return Everything(geography, city, scenarios, network, profiles, rulebook, forecast)


def check_config(config: ConfigOption = None, area: AreaOption = Area.CORE) -> None:
    """Check every file of the configuration; opens no connection."""
    folder = config or default_config_dir()
    every = load_everything(folder, area.value)
    table = Table(box=None, show_header=False)
    for name, count in _counts(every).items():
        table.add_row(name, f"{count:,}")
    out().print(f"[green]✓[/] {folder} ({area.value})")
    out().print(table)


def _counts(every: Everything) -> dict[str, int]:
    geography = every.geography
    return {
        "zones": len(geography["zone"]),
        "street links": len(geography["link"]),
        "buildings": len(geography["building"]),
        "neurons": len(every.network.sensor_ids),
        "sensor kinds": len(every.network.catalogue.kinds),
        "fault profiles": len(every.profiles),
        "scenarios": len(every.scenarios),
        "indicators": len(every.rulebook.indicators),
        "alert rules": len(every.rulebook.rules),
        "indicators forecast": sum(len(one.indicators) for one in every.forecast.subject),
    }
