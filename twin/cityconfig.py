"""config/city.toml as one frozen model."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from twin.climate.chain import Chain, HazeLaws, WeatherLaws
from twin.config import ConfigError, Table, merged, read_data, validate
from twin.profiles import NotNegative
from twin.systems.air import AirParams, HazeLevel, HazeMonitor
from twin.systems.amenities import AmenitiesParams
from twin.systems.complaints import ComplaintsParams
from twin.systems.crowd import CrowdParams
from twin.systems.drainage import DrainageParams
from twin.systems.electrics import ElectricsParams
from twin.systems.furniture import FurnitureParams
from twin.systems.lifelines import LifelinesParams
from twin.systems.noise import NoiseParams
from twin.systems.residents import ResidentsParams
from twin.systems.rounds import RoundsParams
from twin.systems.soil import SoilParams
from twin.systems.structure import StructureParams
from twin.systems.tours import TourParams
from twin.systems.traffic import TrafficParams
from twin.systems.trains import TrainParams
from twin.systems.vibration import VibrationParams
from twin.systems.weather import WeatherParams

Seconds = Annotated[int, Field(ge=1, le=3600)]


class CityConfig(Table):
    """How the city runs; one section per system, and the fitted laws of weather and haze."""

    tick_s: Seconds
    fast_tick_s: Seconds
    slow_tick_s: Seconds
    background_rate: NotNegative
    weather: WeatherParams
    weather_laws: WeatherLaws
    haze_laws: HazeLaws
    haze_level: HazeLevel
    haze_monitor: HazeMonitor
    drainage: DrainageParams
    trains: TrainParams
    crowd: CrowdParams
    tours: TourParams
    traffic: TrafficParams
    air: AirParams
    noise: NoiseParams
    vibration: VibrationParams
    structure: StructureParams
    lifelines: LifelinesParams
    electrics: ElectricsParams
    furniture: FurnitureParams
    soil: SoilParams
    amenities: AmenitiesParams
    rounds: RoundsParams
    residents: ResidentsParams
    complaints: ComplaintsParams


def load_city_config(config_dir: Path) -> CityConfig:
    """config/city.toml with what config/calibrated/*.toml adds to it.

    Raises ConfigError naming file, key and value.
    """
    paths = [config_dir / "city.toml", *sorted((config_dir / "calibrated").glob("*.toml"))]
    parts = {path: read_data(path) for path in paths}
    data: dict[str, Any] = {}
    for part in parts.values():
        data = merged(data, part)
    try:
        config = validate(paths[0], data, CityConfig)
        return _with_known_terms(config)
    except ConfigError as error:
        owner = next((path for path in reversed(paths) if _holds(parts[path], error.key)), paths[0])
        raise ConfigError(owner, error.key, error.value, error.expected) from error


def _holds(part: Any, key: str) -> bool:
    """Whether the dotted key stands in this file."""
    for name in key.split("."):
        if not isinstance(part, dict) or name not in part:
            return isinstance(part, list)
        part = part[name]
    return True


def _with_known_terms(config: CityConfig) -> CityConfig:
    """The configuration, whose laws know their terms and have as many as they were fitted on."""
    try:
        Chain.of(config.weather_laws, config.haze_laws)
    except KeyError as error:
        expected = "expected a term that its law can know"
        raise ConfigError("config/calibrated", "terms", error.args[0], expected) from error
    except ValueError as error:
        expected = "expected the rows that `hengfu calibrate weather` writes"
        raise ConfigError("config/calibrated/weather.toml", "rows", str(error), expected) from error
    return config
