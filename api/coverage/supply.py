"""What people need near them, by theme: an indicator's formula names its theme."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from twin.arrays import Array
from twin.entities import Geography
from twin.entrances import doors, gates


@dataclass(frozen=True, slots=True)
class Supply:
    """One kind of thing: `shapes` for the straight line, `doors` for the walk."""

    kind: str
    shapes: Array
    doors: Array


CULTURE_ROOM = "activity-room"  # the kind of service that counts as a culture point
Parameters = Mapping[str, float]
Theme = Callable[[Geography, Parameters], list[Supply]]


def parks(geography: Geography, parameters: Parameters) -> list[Supply]:
    """Parks and greens of at least `least_m2`: their edge, and their gates."""
    large = geography["park"].attrs["area_m2"] >= parameters["least_m2"]
    shapes = geography.shapes["park"][large]
    return [Supply("park", shapes, gates(shapes, geography.shapes["link"]))]


def culture(geography: Geography, _parameters: Parameters) -> list[Supply]:
    """Public culture points, and the culture rooms among the services."""
    kinds, at = geography["service"].attrs["service_kind"], doors(geography, "service")
    points = np.concatenate([doors(geography, "culture"), at[kinds == CULTURE_ROOM]])
    return [_points("culture", points)]


def circle(geography: Geography, parameters: Parameters) -> list[Supply]:
    """Every kind of service, and a park."""
    kinds, at = geography["service"].attrs["service_kind"], doors(geography, "service")
    services = [_points(str(kind), at[kinds == kind]) for kind in np.unique(kinds)]
    return [*services, *parks(geography, parameters)]


def _points(kind: str, points: Array) -> Supply:
    return Supply(kind, points, points)


THEMES: Mapping[str, Theme] = {
    "park_coverage": parks,
    "circle_coverage": circle,
    "culture_coverage": culture,
}
