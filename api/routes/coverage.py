"""Who has what near enough, and what a new pocket park would change."""

from typing import Any

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Response

from api import maps
from api.coverage.answers import (
    CoverageList,
    CoverageOut,
    ParkIn,
    ParkPlanOut,
    coverage_out,
    plan_out,
)
from api.coverage.book import CoverageBook
from api.coverage.parkplan import plan_park
from api.deps import Service
from api.problems import invalid, unknown
from api.roles import Door, behind
from twin.geography import to_lonlat, to_metres

router = APIRouter(tags=["coverage"])
PARKS = "park_coverage"


@router.get("/coverage", summary="Parks, the 15-minute circle, culture")
def read_coverage(service: Service) -> CoverageList:
    """Straight and walking coverage of every theme, by kind and by zone."""
    book = service.coverage
    return CoverageList(items=[coverage_out(book, one, book.of(one)) for one in book.indicators])


@router.get("/coverage/{indicator}", summary="One theme of coverage")
def read_theme(indicator: str, service: Service) -> CoverageOut:
    """`S1` parks, `S2` 15-minute circle, `S3` culture."""
    _known(service.coverage, indicator)
    return coverage_out(service.coverage, indicator, service.coverage.of(indicator))


@router.get(
    "/coverage/{indicator}/homes.geojson",
    summary="Every house: how far it is",
    response_class=Response,
    responses={200: {"content": {maps.MEDIA_TYPE: {}}}},
)
def read_homes(indicator: str, service: Service) -> Response:
    """Metres straight and on foot from the door to the farthest kind of the theme."""
    _known(service.coverage, indicator)
    return Response(orjson.dumps(_homes(service.coverage, indicator)), media_type=maps.MEDIA_TYPE)


@router.post(
    "/whatif/parks", summary="What if there were a park here?", openapi_extra=behind(Door.READ)
)
def what_if_park(wanted: ParkIn, service: Service) -> ParkPlanOut:
    """Coverage by parks before and after; nothing is built and nothing is kept."""
    book = service.coverage
    indicator = next((one.id for one in book.indicators.values() if one.formula == PARKS), None)
    if indicator is None:
        raise unknown("indicator", PARKS)
    x_m, y_m = to_metres([wanted.lon], [wanted.lat])
    if not shapely.contains_xy(shapely.union_all(book.geography.shapes["zone"]), x_m[0], y_m[0]):
        raise invalid("lon, lat", f"the place lies outside the area {service.area!r}")
    least_m2 = book.parameters(indicator)["least_m2"]
    at_m = float(x_m[0]), float(y_m[0])
    plan = plan_park(book.geography, book.of(indicator), at_m, wanted.area_m2, least_m2)
    return plan_out(book, indicator, plan)


def _known(book: CoverageBook, indicator: str) -> None:
    if indicator not in book.indicators:
        raise unknown("coverage", indicator)


def _homes(book: CoverageBook, indicator: str) -> dict[str, Any]:
    coverage = book.of(indicator)
    doors = coverage.demand.doors
    lon, lat = to_lonlat(shapely.get_x(doors), shapely.get_y(doors))
    places = np.column_stack((lon, lat)).round(maps.DIGITS).tolist()
    straight, walk = coverage.straight_m.max(axis=0), coverage.walk_m.max(axis=0)
    rows = zip(coverage.demand.ids, places, straight.tolist(), walk.tolist(), strict=True)
    return {
        "type": "FeatureCollection",
        "name": f"coverage-{indicator}",
        "attribution": maps.ATTRIBUTION,
        "features": [_home(*row, coverage.reach_m) for row in rows],
    }


def _home(
    name: str, place: list[float], straight_m: float, walk_m: float, reach_m: float
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {
            "straight_m": _metres(straight_m),
            "walk_m": _metres(walk_m),
            "within_straight": straight_m <= reach_m,
            "within_walk": walk_m <= reach_m,
        },
    }


def _metres(metres: float) -> float | None:
    return round(metres, 1) if np.isfinite(metres) else None
