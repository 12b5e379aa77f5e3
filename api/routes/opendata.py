"""Open data: a catalogue, and every table as CSV and GeoJSON with its schema."""

from email.utils import formatdate
from typing import Any

import orjson
from fastapi import APIRouter, Response

from api import maps
from api.deps import Service
from api.opendata.dcat import MEDIA_TYPE, catalogue
from api.opendata.formats import CSV, SCHEMA, to_csv, to_geojson, to_schema
from api.opendata.tables import DATASETS, Dataset
from api.pages import PageRoute
from api.problems import unknown
from api.service import Services
from twin.clock import iso, wall_ms

BASE = "/api/v1/open"  # addresses are relative, so that no Host header gets into them
router = APIRouter(prefix="/open", tags=["open data"], route_class=PageRoute)


def _shows(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}}}


@router.get("", summary="Catalogue (DCAT)", response_class=Response, responses=_shows(MEDIA_TYPE))
def read_catalogue(service: Service) -> Response:
    """JSON-LD: every table with its licence, schema, last change and downloads."""
    frame = service.monitor.frame
    modified = None if frame is None else iso(frame.t_ms)
    body = catalogue(BASE, service.open_rules, modified)
    return _answer(service, orjson.dumps(body), MEDIA_TYPE)


@router.get(
    "/{dataset}.csv", summary="A table as CSV", response_class=Response, responses=_shows(CSV)
)
def read_csv(dataset: str, service: Service) -> Response:
    """Groups below the least size and everything about elders and homes are left out."""
    found = _known(dataset)
    schema = f'<{BASE}/{dataset}/schema>; rel="describedby"; type="{SCHEMA}"'
    return _answer(service, to_csv(found, found.rows(service)), CSV, Link=schema)


@router.get(
    "/{dataset}.geojson",
    summary="A table as GeoJSON",
    response_class=Response,
    responses=_shows(maps.MEDIA_TYPE),
)
def read_geojson(dataset: str, service: Service) -> Response:
    """One feature per zone; the map is © OpenStreetMap contributors, ODbL."""
    found = _known(dataset)
    body = to_geojson(found, found.rows(service), service.geography, service.open_rules)
    return _answer(service, orjson.dumps(body), maps.MEDIA_TYPE)


@router.get(
    "/{dataset}/schema",
    summary="The columns of a table",
    response_class=Response,
    responses=_shows(SCHEMA),
)
def read_schema(dataset: str, service: Service) -> Response:
    """CSV on the Web metadata."""
    found = _known(dataset)
    body = to_schema(found, f"{BASE}/{dataset}.csv", service.open_rules)
    return _answer(service, orjson.dumps(body), SCHEMA)


def _known(dataset: str) -> Dataset:
    if dataset not in DATASETS:
        raise unknown("dataset", dataset)
    return DATASETS[dataset]


def _answer(service: Services, body: bytes, media_type: str, **headers: str) -> Response:
    found = {
        "Last-Modified": formatdate(wall_ms() / 1000, usegmt=True),
        "X-Licence": service.open_rules.licence,
        **headers,
    }
    return Response(body, headers=found, media_type=media_type)
