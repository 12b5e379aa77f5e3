"""The model of config/area.toml: what area, and the rules that fill it."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from twin.config import ConfigError, Table, read_toml

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
LonLat = tuple[
    Annotated[float, Field(ge=121.3, le=121.6)], Annotated[float, Field(ge=31.1, le=31.3)]
]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]


class AreaOutline(Table):
    """A circle about a junction cut by the sub-districts, or all of them without a radius."""

    centre: Slug | None = None
    radius_m: Positive | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.centre is None) != (self.radius_m is None):
            raise ValueError("expected centre and radius_m together, or neither")
        return self


class ZoneRule(Table):
    cell_m: Positive
    origin_m: tuple[float, float]
    smallest_km2: Positive


class People(Table):
    elder_share: Share
    homes_per_resident: Share
    residents: dict[Slug, Annotated[int, Field(ge=0)]]


class StreetClass(Table):
    street_m: Positive
    pavement_m: Positive
    free_speed_m_s: Positive
    noise_day_db: Positive
    noise_night_db: Positive


class StreetAsset(Table):
    """One kind of furniture: every so many metres, on which side, how far from the kerb.

    `inset_m` counts from the kerb into the pavement; negative is on the carriageway. On the
    centre line (`side = "centre"`) it is the distance to the right of the line.
    """

    name_zh: str
    name_en: str
    every_m: Positive
    side: Literal["left", "right", "alternate", "centre"]
    inset_m: float
    streets: tuple[Slug, ...] = ()
    along: Literal["link", "street"] = "link"


class DrainRule(Table):
    catchment_grid_m: Positive
    catchment_m2: tuple[Positive, Positive]
    dish_share: Share
    depth_m: tuple[Positive, Positive]


class FeederRule(Table):
    cell_m: Positive
    peak_kw_per_resident: Positive
    full_at_peak: Annotated[float, Field(gt=0, le=1)]
    sizes_kw: Annotated[tuple[Positive, ...], Field(min_length=1)]


class HousingRule(Table):
    every_m: Positive
    length_m: Positive
    depth_m: Positive
    rows: Annotated[int, Field(ge=1, le=10)]
    row_gap_m: Positive
    setback_m: Positive
    clear_m: Positive
    storeys: Annotated[dict[int, Share], Field(min_length=1)]
    storey_height_m: Positive
    lift_from_storeys: Annotated[int, Field(ge=1)]
    greens_cell_m: Positive
    heritage_total: Annotated[int, Field(ge=0)]
    compound_built_share: Share
    site_built_share: Share
    unknown_storeys: Annotated[int, Field(ge=1)]


class ServiceRule(Table):
    """One kind of service: a house in every cell of a grid of `every_m` metres has it."""

    name_zh: str
    name_en: str
    every_m: Positive


class ValueWeights(Table):
    wukang_mansion: Positive
    protected: Positive
    synthetic_heritage: Positive
    other: Positive


class Sight(Table):
    id: Slug
    at: LonLat
    share: Share


class Walk(Table):
    scale_m: Positive
    sights: Annotated[tuple[Sight, ...], Field(min_length=1)]


class Plaza(Table):
    id: Slug
    name_zh: str
    name_en: str
    at: LonLat
    area_m2: Positive
    visit_share: Share


class Arm(Table):
    id: Slug
    name_zh: str
    name_en: str
    link: Slug
    bearing_deg: Annotated[float, Field(ge=0, lt=360)]
    peak_pcu_h: Positive
    lanes: Annotated[int, Field(ge=1)]
    saturation_pcu_h: Positive
    green_s: Positive


class AreaConfig(Table):
    default: str
    areas: dict[Slug, AreaOutline]
    zones: ZoneRule
    people: People
    street_classes: dict[Literal["primary", "secondary", "tertiary", "residential"], StreetClass]
    street_widths_m: dict[Slug, Positive]
    street_assets: dict[Slug, StreetAsset]
    drains: DrainRule
    feeders: FeederRule
    housing: HousingRule
    services: dict[Slug, ServiceRule]
    value_weights: ValueWeights
    walk: Walk
    plazas: tuple[Plaza, ...]
    arms: tuple[Arm, ...]


def load_area_config(config_dir: Path) -> AreaConfig:
    """config/area.toml; ConfigError when it is missing or wrong."""
    path = config_dir / "area.toml"
    config = read_toml(path, AreaConfig)
    if config.default not in config.areas:
        raise ConfigError(
            path, "default", config.default, f"expected one of {sorted(config.areas)}"
        )
    for key, rows in (("plazas", config.plazas), ("arms", config.arms)):
        _unique(path, key, [row.id for row in rows])
    return config


def _unique(path: Path, key: str, ids: list[str]) -> None:
    for row, name in enumerate(ids):
        if name in ids[:row]:
            raise ConfigError(path, f"{key}.{row}.id", name, "duplicate id")
