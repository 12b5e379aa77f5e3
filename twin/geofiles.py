"""Reading config/geo: GeoJSON features with checked properties, ids and shapes, in metres."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import numpy as np
import orjson
import shapely
from pydantic import Field

from twin.arrays import Array
from twin.config import ConfigError, Table, validate
from twin.frame import shapes_to_metres

# Anything outside is not Shanghai: latitude and longitude swapped, or another datum's typo.
_BOUNDS_DEG = (121.3, 31.1, 121.6, 31.3)
_ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
Name = Annotated[str, Field(min_length=1)]


class Named(Table):
    name_zh: Name
    name_en: Name


class LinkFacts(Named):
    """A street link; `from` and `to` are junction ids, the line runs from one to the other."""

    street: Name
    road_class: Literal["primary", "secondary", "tertiary", "residential"] = Field(alias="class")
    lanes: Annotated[int, Field(ge=1, le=8)]
    lanes_known: bool
    oneway: bool
    start: str = Field(alias="from")
    end: str = Field(alias="to")


class JunctionFacts(Named):
    signals: bool


class BuildingFacts(Named):
    """What the sources say about a historic building; None where they say nothing."""

    form: Literal["building", "compound", "site"]
    shape: Literal["footprint", "plot", "box"]
    use: Literal["housing", "other"]
    source: Name
    address_zh: str | None = None
    protection: str | None = None
    protection_note: str | None = None
    storeys: Annotated[int, Field(ge=1, le=40)] | None = None
    height_m: Annotated[float, Field(gt=0)] | None = None
    year: Annotated[int, Field(ge=1500, le=2030)] | None = None
    structure: Literal["rc", "brick", "timber"] | None = None
    name_former: str | None = None
    architect: str | None = None
    plot_m2: float | None = None
    floor_area_m2: float | None = None
    flats: int | None = None
    service_rooms: int | None = None
    lifts: int | None = None
    facade_bearing_deg: float | None = None


class ParkFacts(Named):
    area_m2: Annotated[float, Field(gt=0)]
    area_note: str | None = None


class CultureFacts(Named):
    culture_kind: Name
    accuracy: Name


Facts = TypeVar("Facts", bound=Named)


@dataclass(frozen=True, slots=True)
class Layer(Generic[Facts]):
    """One file: ids, facts and metric shapes in the order of the file."""

    path: Path
    ids: tuple[str, ...]
    facts: tuple[Facts, ...]
    shapes: Array


def read_layer(path: Path, model: type[Facts], shape_type: str) -> Layer[Facts]:
    """The features of one file.

    Raises ConfigError naming file and feature for a missing or unknown property, an id that
    is missing, malformed or doubled, and a geometry that is invalid, empty or of another type.
    """
    features = _features(path)
    ids = tuple(_id(path, row, feature) for row, feature in enumerate(features))
    _no_doubles(path, ids)
    facts = tuple(_facts(path, name, f, model) for name, f in zip(ids, features, strict=True))
    shapes = np.array(
        [_shape(path, name, f, shape_type) for name, f in zip(ids, features, strict=True)], object
    )
    return Layer(path, ids, facts, shapes_to_metres(shapes))


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        data = orjson.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(path, "file", "missing", "expected this file to exist") from error
    except orjson.JSONDecodeError as error:
        raise ConfigError(path, "file", str(error), "expected valid GeoJSON") from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise ConfigError(path, "features", features, "expected a list of GeoJSON features")
    return features


def _id(path: Path, row: int, feature: dict[str, Any]) -> str:
    name = feature.get("id")
    if not isinstance(name, str) or not name or not _ID_LETTERS.issuperset(name):
        raise ConfigError(path, f"features.{row}.id", name, "expected letters a-z, digits and -")
    return name


def _no_doubles(path: Path, ids: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for row, name in enumerate(ids):
        if name in seen:
            raise ConfigError(path, f"features.{row}.id", name, "duplicate id")
        seen.add(name)


def _facts(path: Path, name: str, feature: dict[str, Any], model: type[Facts]) -> Facts:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        raise ConfigError(path, f"{name}.properties", properties, "expected an object")
    try:
        return validate(path, properties, model)
    except ConfigError as error:
        raise ConfigError(path, f"{name}.{error.key}", error.value, error.expected) from error


def _shape(path: Path, name: str, feature: dict[str, Any], shape_type: str) -> Any:
    key = f"{name}.geometry"
    try:
        shape = shapely.from_geojson(orjson.dumps(feature.get("geometry")))
    except shapely.errors.GEOSException as error:
        raise ConfigError(path, key, feature.get("geometry"), "expected a geometry") from error
    if shape is None or shape.geom_type != shape_type or shape.is_empty:
        found = None if shape is None else shape.geom_type
        raise ConfigError(path, key, found, f"expected a {shape_type} with coordinates")
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        raise ConfigError(path, key, reason, f"expected a valid {shape_type}")
    _inside_shanghai(path, key, shape)
    return shape


def _inside_shanghai(path: Path, key: str, shape: Any) -> None:
    west, south, east, north = shape.bounds
    lon_0, lat_0, lon_1, lat_1 = _BOUNDS_DEG
    if not (lon_0 <= west and east <= lon_1 and lat_0 <= south and north <= lat_1):
        raise ConfigError(path, key, shape.bounds, f"expected degrees within {_BOUNDS_DEG}")
