"""A published table as CSV, as GeoJSON, and its schema as CSV on the Web."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import shapely

from api import maps
from api.opendata.rules import OpenRules
from api.opendata.tables import Dataset, Row
from twin.entities import Geography

CSV, SCHEMA = "text/csv", "application/csvm+json"


def to_csv(dataset: Dataset, rows: Iterable[Row]) -> bytes:
    """UTF-8 with a header line; what is missing is empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in dataset.columns])
    writer.writerows(rows)
    return text.getvalue().encode()


def to_geojson(
    dataset: Dataset, rows: Iterable[Row], geography: Geography, rules: OpenRules
) -> dict[str, Any]:
    """One feature per zone with its rows; rows of the whole quarter are members of their own."""
    names = [column.name for column in dataset.columns]
    zones = {zone: row for row, zone in enumerate(geography["zone"].ids)}
    by_zone: dict[str, list[dict[str, Any]]] = {zone: [] for zone in zones}
    whole: list[dict[str, Any]] = []
    for row in rows:
        record = dict(zip(names, row, strict=True))
        by_zone.get(record.pop("zone"), whole).append(record)
    shapes = shapely.transform(geography.shapes["zone"], lambda at: maps.degrees(at, "wgs84"))
    return {
        "type": "FeatureCollection",
        "name": dataset.id,
        "licence": rules.licence,
        "attribution": maps.ATTRIBUTION,
        "quarter": whole,
        "features": [
            {
                "type": "Feature",
                "id": zone,
                "geometry": shapely.geometry.mapping(shapes[row]),
                "properties": {
                    "zone": zone,
                    "name_zh": geography["zone"].names_zh[row],
                    "name_en": geography["zone"].names_en[row],
                    "rows": by_zone[zone],
                },
            }
            for zone, row in zones.items()
        ],
    }


def to_schema(dataset: Dataset, url: str, rules: OpenRules) -> dict[str, Any]:
    """Column by column: name, titles, type (W3C, Metadata Vocabulary for Tabular Data)."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": [
            {"@value": dataset.title_en, "@language": "en"},
            {"@value": dataset.title_zh, "@language": "zh"},
        ],
        "dc:license": {"@id": rules.licence},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": {"en": column.title_en, "zh": column.title_zh},
                    "datatype": column.datatype,
                }
                for column in dataset.columns
            ]
        },
    }
