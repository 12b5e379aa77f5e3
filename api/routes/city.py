"""The map, with the current vital signs on it."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from api import maps
from api.deps import Parameters, Service
from api.problems import unknown
from api.schemas.base import Record
from api.schemas.service import Feature

HIDDEN = frozenset({"home"})  # where elders live alone is nobody's business
router = APIRouter(prefix="/city", tags=["city"])


class Projection(Parameters):
    crs: Annotated[
        maps.Crs, Query(description="gcj02 and bd09 fit Chinese basemaps; wgs84 is the standard.")
    ] = "wgs84"


class FeatureCollection(Record):
    """GeoJSON with its attribution; zones, links, buildings and the quarter carry `vitals`."""

    type: str
    name: str
    attribution: str
    features: list[Feature]


@router.get("", summary="Which tables the map has")
def read_tables(service: Service) -> dict[str, Any]:
    counts = {
        name: len(table)
        for name, table in service.geography.tables.items()
        if name not in HIDDEN and len(table)
    }
    return {"area": service.area, "attribution": maps.ATTRIBUTION, "tables": counts}


@router.get(
    "/{table}.geojson",
    summary="One table of the map as GeoJSON",
    response_class=Response,
    responses={200: {"model": FeatureCollection, "content": {maps.MEDIA_TYPE: {}}}},
)
def read_table(
    table: str, projection: Annotated[Projection, Query()], service: Service
) -> Response:
    """For instance `zone`, `link`, `building`, `park`; with scores and colours as of now."""
    if table in HIDDEN or table not in service.geography.tables:
        raise unknown("table", table)
    body = maps.collection(
        service.geography, table, projection.crs, service.monitor.frame, service.names
    )
    return Response(orjson.dumps(body), media_type=maps.MEDIA_TYPE)
