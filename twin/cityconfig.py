"""config/city.toml as one frozen model."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from twin.config import Table, read_toml
from twin.profiles import NotNegative
from twin.systems.air import AirParams
from twin.systems.amenities import AmenitiesParams
from twin.systems.complaints import ComplaintsParams
from twin.systems.crowd import CrowdParams
from twin.systems.drainage import DrainageParams
from twin.systems.electrics import ElectricsParams
from twin.systems.furniture import FurnitureParams
from twin.systems.lifelines import LifelinesParams
from twin.systems.noise import NoiseParams
from twin.systems.residents import ResidentsParams
from twin.systems.soil import SoilParams
from twin.systems.structure import StructureParams
from twin.systems.traffic import TrafficParams
from twin.systems.vibration import VibrationParams
from twin.systems.weather import WeatherParams

Seconds = Annotated[int, Field(ge=1, le=3600)]


class CityConfig(Table):
    """How the city runs; one section per system."""

    tick_s: Seconds
    fast_tick_s: Seconds
    background_rate: NotNegative
    weather: WeatherParams
    drainage: DrainageParams
    crowd: CrowdParams
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
    residents: ResidentsParams
    complaints: ComplaintsParams


def load_city_config(config_dir: Path) -> CityConfig:
    """config/city.toml; raises ConfigError naming file, key and value."""
    return read_toml(config_dir / "city.toml", CityConfig)
